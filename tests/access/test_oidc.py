"""Sign-in with OpenID Connect against a provider of our own, in a real Chromium and by single requests."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Page

from data.accounts import Accounts
from data.home import Home
from tests.access.provider import CLIENT, LEFT_OUT, SECRET, Provider, provider
from tests.access.serving import Answer, Gated, gated

SETTINGS = """
way = "oidc"
[oidc]
issuer = "{issuer}"
client_id = "{client}"
[[group]]
name = "leads"
role = "lead"
"""


@pytest.fixture(scope="module")
def idp() -> Iterator[Provider]:
    with provider({"leo@example.org": ["leads"], "nobody@example.org": ["strangers"]}) as known:
        yield known


@pytest.fixture(scope="module")
def oidc(idp: Provider, canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    folder: Path = tmp_path_factory.mktemp("oidc")
    settings = folder / "access.toml"
    settings.write_text(SETTINGS.format(issuer=idp.issuer, client=CLIENT), encoding="utf-8")
    with gated(folder, canaries, {}, OUTCOMES_ACCESS_FILE=str(settings), OUTCOMES_OIDC_CLIENT_SECRET=SECRET) as running:
        yield running


@pytest.fixture(autouse=True)
def as_it_was(idp: Provider) -> Iterator[None]:
    yield
    idp.lasts_seconds, idp.change, idp.signing_key, idp.signed_in = 3600, {}, None, None
    idp.people = {"leo@example.org": ["leads"], "nobody@example.org": ["strangers"]}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield context.new_page()
    context.close()


def sign_in(page: Page, oidc: Gated, person: str = "leo@example.org") -> None:
    page.goto(oidc.server.address)
    page.get_by_role("link", name="Sign in").click()
    if page.locator("input[name=person]").count():
        page.fill("input[name=person]", person)
        page.click("button")


def test_a_round_trip_opens_the_app_and_signing_out_closes_it_in_both_tabs(
    page: Page, oidc: Gated, idp: Provider
) -> None:
    sign_in(page, oidc)
    page.get_by_role("heading", name="Overview", level=1).wait_for(timeout=60_000)
    asked = idp.asked[-1]
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43
    other = page.context.new_page()
    other.goto(f"{oidc.server.address}/recovery")
    other.get_by_role("heading", name="Recovery", level=1).wait_for(timeout=60_000)
    kept = page.context.cookies()
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out here").wait_for()
    # The other tab leaves its figures by itself.
    other.get_by_role("link", name="Sign in").wait_for(timeout=30_000)
    assert other.get_by_role("heading", name="Recovery").count() == 0
    # The cookie of before opens nothing any more.
    page.context.add_cookies(kept)
    page.goto(oidc.server.address)
    page.get_by_role("link", name="Sign in").wait_for()
    assert idp.signed_in == "leo@example.org"
    page.goto(f"{oidc.server.address}/sign-in")


@pytest.mark.thorough
def test_a_sign_in_ends_with_its_token_and_a_removed_person_does_not_come_back(
    page: Page, oidc: Gated, idp: Provider
) -> None:
    idp.lasts_seconds = 12
    sign_in(page, oidc)
    page.get_by_role("heading", name="Overview", level=1).wait_for(timeout=60_000)
    del idp.people["leo@example.org"]
    page.get_by_role("link", name="Sign in").wait_for(timeout=60_000)
    page.get_by_role("link", name="Sign in").click()
    page.locator("input[name=person]").wait_for()


def test_somebody_without_a_group_is_not_let_in(page: Page, oidc: Gated) -> None:
    sign_in(page, oidc, "nobody@example.org")
    page.get_by_text("no group of yours has a role here").wait_for()
    assert Accounts(oidc.accounts.path).find("nobody@example.org") is None


def journey(oidc: Gated, idp: Provider) -> tuple[str, str]:
    """A journey up to its way back: path with code and state, and the cookie of the browser."""
    begun = oidc.get("/sign-in/start")
    cookie = begun.headers["set-cookie"].split(";", 1)[0]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.headers["location"]).query).items()}
    code = f"code-{len(idp.asked)}-{asked['state'][:6]}"
    idp.codes[code] = {**asked, "person": "leo@example.org"}
    return f"/sign-in/back?code={code}&state={asked['state']}", cookie


def ended(answer: Answer) -> bool:
    return answer.status == 403 and "outcomes=" not in answer.headers.get("set-cookie", "")


def test_a_journey_comes_back_once_and_to_its_own_browser(oidc: Gated, idp: Provider) -> None:
    path, cookie = journey(oidc, idp)
    assert ended(oidc.get(path))
    assert ended(oidc.get(path, Cookie="outcomes_journey=another"))
    assert ended(oidc.get(re.sub("state=.*", "state=forged", path), Cookie=cookie))
    came = oidc.get(path, Cookie=cookie)
    assert (came.status, came.headers["location"]) == (303, "/")
    assert ended(oidc.get(path, Cookie=cookie))


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another"}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}, {"email": None},
        {"email_verified": False}, {"email": "<script>"}, {"groups": []}, {"aud": [CLIENT, "another"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_with_a_wrong_claim_lets_nobody_in(change: dict[str, object], oidc: Gated, idp: Provider) -> None:
    idp.change = change
    path, cookie = journey(oidc, idp)
    assert ended(oidc.get(path, Cookie=cookie))


def test_a_token_signed_by_another_lets_nobody_in(oidc: Gated, idp: Provider) -> None:
    idp.signing_key = RSAKey.generate_key(2048, parameters={"kid": "one"})
    path, cookie = journey(oidc, idp)
    assert ended(oidc.get(path, Cookie=cookie))


def signed_in(oidc: Gated, idp: Provider) -> str:
    """The cookie of a sign-in by single requests."""
    path, cookie = journey(oidc, idp)
    answer = oidc.get(path, Cookie=cookie)
    assert answer.status == 303, answer.body
    return answer.headers["set-cookie"].split(";", 1)[0]


@pytest.mark.parametrize(("seconds", "is_let_in"), [(-100, True), (100, True), (-200, False), (200, False)])
def test_clocks_may_differ_by_two_minutes(seconds: int, is_let_in: bool, oidc: Gated, idp: Provider) -> None:
    now = int(time.time()) + seconds
    idp.change = {"iat": now, "nbf": now} | ({"exp": now} if seconds < 0 else {})
    path, cookie = journey(oidc, idp)
    answer = oidc.get(path, Cookie=cookie)
    assert (answer.status == 303) == is_let_in
    if is_let_in:
        held = answer.headers["set-cookie"].split(";", 1)[0]
        assert oidc.get("/signed-in", Cookie=held).status == 204


def test_a_new_key_of_the_provider_is_asked_for_once(oidc: Gated, idp: Provider) -> None:
    idp.key = RSAKey.generate_key(2048, parameters={"kid": "two"})
    assert signed_in(oidc, idp)
    idp.signing_key = RSAKey.generate_key(2048, parameters={"kid": "of nobody"})
    before = idp.keys_asked
    for _ in range(3):
        path, cookie = journey(oidc, idp)
        assert ended(oidc.get(path, Cookie=cookie))
    assert idp.keys_asked - before <= 1, "a forged key made us ask again and again"


@pytest.mark.parametrize("told", [{"_claim_names": {"groups": "src1"}}, {"hasgroups": True}], ids=str)
def test_too_many_groups_are_told_as_such(told: dict[str, object], oidc: Gated, idp: Provider) -> None:
    idp.change = {"groups": LEFT_OUT, **told}
    path, cookie = journey(oidc, idp)
    answer = oidc.get(path, Cookie=cookie)
    assert answer.status == 403
    assert b"more groups than" in answer.body
    assert Accounts(oidc.accounts.path).acts()[-1].result == "too many groups"


@pytest.mark.parametrize("named", [{"sub": "leo@example.org"}, {"sid": "there-leo@example.org"}], ids=str)
def test_what_the_provider_ends_ends_here_with_its_sockets(
    named: dict[str, object], oidc: Gated, idp: Provider
) -> None:
    cookie = signed_in(oidc, idp)
    with oidc.tab(Cookie=cookie) as tab:
        tab.run("recovery")
        answer = told_ended(oidc, idp.logout_token(**named))
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        tab.run("recovery")
        assert tab.closed_with == 1008
    assert oidc.get("/signed-in", Cookie=cookie).status == 401
    *_, act = [one for one in Accounts(oidc.accounts.path).acts() if one.action == "sign out"]
    assert (act.person, act.result) == ("leo@example.org", "by the provider")


def told_ended(oidc: Gated, token: str) -> Answer:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    return oidc.get("/sign-in/ended", None, "POST", urlencode({"logout_token": token}), **form)


FORGED_ENDS: list[dict[str, object]] = [
    {"sub": "leo@example.org", "events": {}}, {"sub": "leo@example.org", "nonce": "x"}, {},
    {"sub": "leo@example.org", "aud": "another"}, {"sub": "leo@example.org", "iss": "https://evil.example"},
]  # fmt: skip


def test_nobody_else_ends_a_sign_in(oidc: Gated, idp: Provider) -> None:
    cookie = signed_in(oidc, idp)
    tokens = [idp.logout_token(**change) for change in FORGED_ENDS]
    idp.signing_key = RSAKey.generate_key(2048, parameters={"kid": idp.key.kid})
    for token in (*tokens, idp.logout_token(sub="leo@example.org"), "", "x.y.z"):
        assert told_ended(oidc, token).status == 400
    assert oidc.get("/signed-in", Cookie=cookie).status == 204
