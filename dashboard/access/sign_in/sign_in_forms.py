"""The gate's own pages: plain HTML without scripts, readable in light and dark."""

from html import escape

from starlette.responses import HTMLResponse

from dashboard.access.error_log import storage_sentence
from dashboard.access.requests import paths
from data.errors import StorageProblem

STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;margin:0;background:Canvas;color:CanvasText;color-scheme:light dark}"
    "main{max-width:24rem;margin:12vh auto;padding:0 1.25rem}h1{font-size:1.6rem;line-height:1.25}"
    "label{display:block;margin:1rem 0 .25rem}"
    "input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid GrayText;border-radius:6px}"
    "button,.button{font:inherit;font-weight:600;margin-top:1.25rem;padding:.55rem 1.1rem;border:0;border-radius:6px;"
    "background:#1f6aa5;color:#fff;cursor:pointer;display:inline-block;text-decoration:none}"
    "p.problem{border-left:4px solid #b3261e;padding:.25rem .75rem;margin:1rem 0}"
)
TITLE = "Vertebroplasty outcomes"


def gate_page(status: int, sentence: str, body: str = "", heading: str = TITLE) -> HTMLResponse:
    """A page of ours. `sentence` is escaped, `body` is HTML."""
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(heading)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<link rel="icon" href="{paths.base_path()}/favicon.png"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(heading)}</h1><p>{escape(sentence)}</p>{body}</main></body></html>",
        status,
    )


def password_form(next_page: str, problem: str = "", status: int = 200) -> HTMLResponse:
    """The form for a name and a password."""
    told = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    return gate_page(
        status,
        "Sign in with the name and password that you were given.",
        f'{told}<form method="post" action="{paths.base_path()}{paths.SIGN_IN}">'
        f'<input type="hidden" name="next" value="{escape(next_page)}">'
        '<label for="name">Name</label><input id="name" name="name" autocomplete="username" autofocus required>'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required>'
        '<label for="code">Code of your authenticator app, if you have one</label>'
        '<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12">'
        "<button>Sign in</button></form>",
    )


def sign_out_form(name: str) -> HTMLResponse:
    """The question before signing out; a link alone must not do it."""
    return gate_page(
        200,
        f"You are signed in as {name}. Signing out closes this program in all windows of this browser.",
        f'<form method="post" action="{paths.base_path()}{paths.SIGN_OUT}"><button>Sign out</button></form>',
        "Sign out",
    )


def storage_page(problem: StorageProblem) -> HTMLResponse:
    """The disk is full, closed or held: what is wrong and what to do, with the file's name and not its place."""
    return gate_page(503, storage_sentence(problem))


def door_page(sentence: str, label: str, address: str, status: int = 200) -> HTMLResponse:
    """A page with one way on."""
    return gate_page(status, sentence, f'<a class="button" href="{escape(address)}">{escape(label)}</a>')
