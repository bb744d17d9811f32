"""Guessing of passwords: what it costs the guesser, and that it locks nobody out of a browser of their own."""

import http.client
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from data.accounts import Accounts
from data.home import Home
from tests.access.serving import PASSWORD, Gated, gated

MOST = 5
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def guessed(canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    home = Home(tmp_path_factory.mktemp("guessed") / "home")
    home.private.mkdir(parents=True, mode=0o700)
    settings = home.root / "access.toml"
    settings.write_text(f"[passwords]\nwrong_per_name = {MOST}\nwrong_per_address = 10000\n", encoding="utf-8")
    people = {"ada": ("admin", None), "gus": ("quality", None), "ida": ("quality", None)}
    given = {"OUTCOMES_ACCESS_FILE": str(settings), "OUTCOMES_DEMO_HOME": str(canaries.root)}
    with gated(home.root, home, people, **given) as running:
        yield running


def tried(app: Gated, name: str, password: str = "guess", cookie: str = "") -> int:
    body = urlencode({"name": name, "password": password})
    sent = {"Cookie": cookie} if cookie else {}
    return app.get("/sign-in", None, "POST", body, Origin=app.server.address, Content_Type=FORM, **sent).status


def browser_of(app: Gated, name: str) -> str:
    """The cookie by which a browser is known again after its owner signed in."""
    connection = http.client.HTTPConnection(app.host, timeout=20)
    sent = {"Host": app.host, "Origin": app.server.address, "Content-Type": FORM}
    connection.request("POST", "/sign-in", urlencode({"name": name, "password": PASSWORD}), sent)
    cookies = connection.getresponse().headers.get_all("Set-Cookie")
    connection.close()
    (found,) = [one for one in cookies if "_browser=" in one]
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in found.split(";")}
    return found.split(";", 1)[0]


def test_guesses_do_not_lock_an_administrator_out_of_a_browser_used_before(guessed: Gated) -> None:
    browser, other = browser_of(guessed, "ada"), browser_of(guessed, "ida")
    while tried(guessed, "ada") != 429:
        pass
    assert tried(guessed, "ada", PASSWORD) == 429
    # Neither a made-up cookie nor that of somebody else's browser helps the guesser.
    for cookie in ("outcomes_browser=made-up", other):
        assert tried(guessed, "ada", PASSWORD, cookie) == 429
    assert tried(guessed, "ada", PASSWORD, browser) == 303
    # Whoever holds that browser's cookie has no more guesses than anybody.
    assert [tried(guessed, "ada", "guess", browser) for _ in range(MOST + 1)] == [401] * MOST + [429]
    assert any(act.result == "too many wrong passwords" for act in Accounts(guessed.accounts.path).acts())


@pytest.mark.thorough
def test_many_guesses_at_once_are_not_more_than_one_after_the_other(guessed: Gated) -> None:
    cookie = guessed.cookie("ida")
    with ThreadPoolExecutor(40) as many:
        waiting = [many.submit(tried, guessed, "gus", f"guess {place}") for place in range(40)]
        # Others go on meanwhile.
        assert guessed.get("/signed-in", Cookie=cookie).status == 204
        codes = [one.result() for one in waiting]
    assert (codes.count(401), codes.count(429)) == (MOST, 40 - MOST)


@pytest.mark.thorough
def test_an_unknown_name_takes_as_long_as_a_wrong_password(guessed: Gated) -> None:
    Accounts(guessed.accounts.path).right("name ida")
    times: dict[str, list[float]] = {"ida": [], "nobody": []}
    for _ in range(MOST):
        for name, spent in times.items():
            begun = time.perf_counter()
            assert tried(guessed, name) == 401
            spent.append(time.perf_counter() - begun)
    assert 0.5 < statistics.median(times["ida"]) / statistics.median(times["nobody"]) < 2


@pytest.mark.thorough
def test_a_form_that_never_ends_is_given_up(guessed: Gated) -> None:
    connection = http.client.HTTPConnection(guessed.host, timeout=30)
    connection.putrequest("POST", "/sign-in", skip_host=True)
    for name, value in {"Host": guessed.host, "Origin": guessed.server.address, "Content-Length": "4000"}.items():
        connection.putheader(name, value)
    connection.endheaders(b"name=ada&")
    begun = time.monotonic()
    assert connection.getresponse().status == 413
    assert 5 < time.monotonic() - begun < 25
    connection.close()
