"""Who gets what from which route, asked by real HTTP."""

from dataclasses import replace
from pathlib import PurePosixPath
from unittest.mock import MagicMock

import pytest
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes

from dashboard.access.requests import paths
from dashboard.access.roles import RIGHTS, ROUTE_RIGHTS
from dashboard.server import ROUTES
from data.accounts import hash_secret
from tests.access.conftest import PEOPLE
from tests.access.serving import Gated

STATUS = {
    # path: (nobody, viewer, quality, coordinator, lead, admin, operator)
    "/": (401, 200, 200, 200, 200, 200, 200),
    "/overview": (401, 307, 307, 307, 307, 307, 307),
    "/own_results": (401, 200, 200, 200, 200, 200, 307),
    "/Accounts": (401, 307, 307, 307, 307, 307, 307),
    "/accounts": (401, 200, 200, 200, 200, 307, 200),
    "/published": (401, 307, 200, 200, 200, 200, 200),
    "/healthz": (200, 200, 200, 200, 200, 200, 200),
    "/readyz": (200, 200, 200, 200, 200, 200, 200),
    "/_stcore/health": (200, 200, 200, 200, 200, 200, 200),
    "/_stcore/host-config": (401, 200, 200, 200, 200, 200, 200),
    "/base-address.js": (401, 200, 200, 200, 200, 200, 200),
    "/signed-in": (401, 204, 204, 204, 204, 204, 204),
    "/static/js/none.js": (401, 200, 200, 200, 200, 200, 200),
    "/media/0123456789abcdef.csv": (401, 403, 403, 403, 403, 403, 403),
    "/export/0123456789abcdef": (401, 403, 403, 403, 403, 403, 403),
    "/figures/0123456789abcdef": (401, 403, 403, 403, 403, 403, 403),
    "/_stcore/metrics": (404, 404, 404, 404, 404, 404, 404),
    "/_stcore/agent/openapi.json": (404, 404, 404, 404, 404, 404, 404),
    "/_stcore/agent/interact": (404, 404, 404, 404, 404, 404, 404),
    "/_stcore/script-health-check": (404, 404, 404, 404, 404, 404, 404),
    "/_stcore/upload_file/a/b": (404, 404, 404, 404, 404, 404, 404),
    "/_stcore/bidi-components/x": (404, 404, 404, 404, 404, 404, 404),
    "/component/x/index.html": (404, 404, 404, 404, 404, 404, 404),
    "/auth/login": (404, 404, 404, 404, 404, 404, 404),
    "/oauth2callback": (404, 404, 404, 404, 404, 404, 404),
}
WHO = (None, "vera", "quentin", "cora", "leo", "ada", "otto")


@pytest.mark.parametrize("path", STATUS)
def test_each_role_gets_from_each_route_what_the_table_says(path: str, app: Gated) -> None:
    for who, wanted in zip(WHO, STATUS[path], strict=True):
        answer = app.get(path, who)
        assert wanted is None or answer.status == wanted, (path, who, answer.status)
        assert b"CANARY" not in answer.body
        assert "no-store" in answer.headers["cache-control"] or path.startswith("/static/")
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", [path for path in ROUTE_RIGHTS if path != paths.STREAM])
def test_a_route_opens_to_whom_the_matrix_says(path: str, app: Gated) -> None:
    right = ROUTE_RIGHTS[path]
    for who, (role, _) in {None: ("nobody", None), **PEOPLE}.items():
        status = app.get(f"{path}some-id" if path.endswith("/") and path != "/" else path, who).status
        if right == "nobody":
            assert status == 404
        elif right == "anyone":
            assert status != 401
        elif who is None:
            assert status == 401
        elif right == "own tab" or (right in RIGHTS["lead"] and right not in RIGHTS[role]):
            assert status == 403, (who, status)
        else:
            assert status != 401, (who, status)


def test_every_route_of_the_server_stands_in_the_matrix() -> None:
    """Streamlit's of the pinned version and ours. What is mounted at the root serves the pages: `/` and `/static/`."""
    served = [str(getattr(one, "path", "")) for one in (*create_streamlit_routes(MagicMock()), *ROUTES)]
    assert "/_stcore/stream" in served
    for path in filter(None, served):
        fixed = path.split("{", 1)[0]
        above = [f"{parent}/".replace("//", "/") for parent in map(str, PurePosixPath(fixed).parents)]
        assert fixed in ROUTE_RIGHTS or set(above) - {"/"} & set(ROUTE_RIGHTS), path


def test_a_browser_that_is_not_signed_in_is_led_to_the_form(app: Gated) -> None:
    answer = app.get("/recovery?site=Riverside", Accept="text/html")
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?next=%2Frecovery%3Fsite%3DRiverside")
    assert b'value="/recovery?site=Riverside"' in app.get(answer.headers["location"]).body


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(target: str, app: Gated) -> None:
    answer = app.post("/sign-in", name="leo", password="correct horse battery staple", next=target)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "name", ["X-Outcomes-Badge", "X-Remote-User", "X-Remote-Groups", "X-Forwarded-User", "X-Streamlit-User"]
)
def test_a_forged_header_makes_nobody(name: str, app: Gated) -> None:
    assert app.get("/", **{name.replace("-", "_"): "leo"}).status == 401
    assert app.get("/signed-in", Cookie="outcomes=leo; _streamlit_user=leo").status == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:99:99"])
def test_another_host_name_is_refused(host: str, app: Gated) -> None:
    assert app.get("/", "leo", Host=host).status in (400, 421), host


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_form_of_another_site_does_nothing(origin: str, app: Gated) -> None:
    answer = app.get("/sign-out", "leo", "POST", Origin=origin)
    assert answer.status == 403
    assert app.get("/signed-in", "leo").status == 204


def test_a_sign_in_that_ended_opens_nothing(app: Gated) -> None:
    cookie = app.sign_in("leo")
    assert app.get("/signed-in", Cookie=cookie).status == 204
    app.accounts.sign_out(hash_secret(cookie.split("=", 1)[1]))
    assert app.get("/signed-in", Cookie=cookie).status == 401


def test_a_disabled_account_is_out_at_once_and_cannot_come_back(app: Gated) -> None:
    leo = app.accounts.find("leo")
    cookie = app.sign_in("leo")
    app.accounts.save(replace(leo, is_disabled=True))
    try:
        assert app.get("/signed-in", Cookie=cookie).status == 401
        assert app.post("/sign-in", name="leo", password="correct horse battery staple").status == 401
    finally:
        app.accounts.save(leo)
        app.cookies.pop("leo", None)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Gated) -> None:
    told = app.post("/sign-in", name="leo", password="correct horse battery staple").headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=lax" in told
    token = told.split(";")[0].split("=", 1)[1]
    assert len(token) >= 43


def test_signing_in_again_ends_the_sign_in_before(app: Gated) -> None:
    first = app.sign_in("cora")
    again = app.get(
        "/sign-in", None, "POST", "name=cora&password=correct+horse+battery+staple", Cookie=first,
        Origin=app.server.address, Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert again.status == 303
    assert app.get("/signed-in", Cookie=first).status == 401


def test_the_token_is_not_in_the_file(app: Gated) -> None:
    token = app.cookie("leo").split("=", 1)[1]
    assert token.encode() not in app.accounts.path.read_bytes()
    assert app.accounts.path.stat().st_mode & 0o077 == 0
