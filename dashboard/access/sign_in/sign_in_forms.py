"""The gate's own pages: plain HTML without scripts, readable in light and dark."""

from starlette.responses import HTMLResponse

from dashboard.access.error_log import storage_sentence
from dashboard.access.requests import paths
from dashboard.text.templates import render_html
from data.errors import StorageProblem

TITLE = "Vertebroplasty outcomes"


def gate_page(status: int, sentence: str, body: str = "", heading: str = TITLE) -> HTMLResponse:
    """A page of ours. `sentence` is text; `body` is text too, unless it is the markup of a template."""
    page = render_html("gate", heading=heading, sentence=sentence, body=body, base_path=paths.base_path())
    return HTMLResponse(page, status)


def password_form(next_page: str, problem: str = "", status: int = 200) -> HTMLResponse:
    """The form for a name and a password."""
    address = f"{paths.base_path()}{paths.SIGN_IN}"
    form = render_html("gate_password", address=address, next_page=next_page, problem=problem)
    return gate_page(status, "Sign in with the name and password that you were given.", form)


def sign_out_form(name: str) -> HTMLResponse:
    """The question before signing out; a link alone must not do it."""
    sentence = f"You are signed in as {name}. Signing out closes this program in all windows of this browser."
    form = render_html("gate_sign_out", address=f"{paths.base_path()}{paths.SIGN_OUT}")
    return gate_page(200, sentence, form, "Sign out")


def storage_page(problem: StorageProblem) -> HTMLResponse:
    """The disk is full, closed or held: what is wrong and what to do, with the file's name and not its place."""
    return gate_page(503, storage_sentence(problem))


def door_page(sentence: str, label: str, address: str, status: int = 200) -> HTMLResponse:
    """A page with one way on."""
    return gate_page(status, sentence, render_html("gate_door", address=address, label=label))
