"""Sign-ins end by themselves: without anything done, at their latest end, and when a proxy names nobody any more."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from data.home import Home
from tests.access.serving import Gated, gated

IDLE, LATEST = 6, 16
SETTINGS = f"[sessions]\nidle_minutes = {IDLE / 60}\nabsolute_hours = {LATEST / 3600}\n"
PEOPLE = dict.fromkeys(("ida", "ben", "eve", "kim"), ("quality", None))
NAMED = {"X_Remote_User": "max", "X_Remote_Groups": "leads"}


@pytest.fixture(scope="module")
def short(canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    folder: Path = tmp_path_factory.mktemp("short")
    (folder / "access.toml").write_text(SETTINGS, encoding="utf-8")
    home = Home(folder / "home")
    given = {"OUTCOMES_ACCESS_FILE": str(folder / "access.toml"), "OUTCOMES_DEMO_HOME": str(canaries.root)}
    with gated(folder, home, PEOPLE, **given) as running:
        yield running


def heartbeat() -> bytes:
    asked = BackMsg()
    asked.app_heartbeat = True
    return asked.SerializeToString()


@pytest.mark.thorough
def test_a_sign_in_ends_idle_or_at_its_latest_end_and_takes_its_sockets_with_it(short: Gated) -> None:
    """One tab waits and is closed, one waits and then asks, one lives by heartbeats alone, one is busy all the time."""
    with short.tab("ida") as waiting, short.tab("ben") as asking, short.tab("eve") as beating, short.tab("kim") as busy:
        begun = time.monotonic()
        for tab in (waiting, asking, beating, busy):
            assert len(tab.run("methods")) > 100
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + IDLE + 0.5:
            beating.send(heartbeat(), wait=0.1)
            assert len(busy.run("methods")) > 100
            time.sleep(0.5)
        # The fragment of a page, which would run without the script that asks who is there.
        assert asking.run(fragment_id=next(iter(asking.fragments), "0" * 32)) == b""
        assert asking.closed_with == 1008
        assert beating.send(heartbeat()) == b""
        assert beating.closed_with == 1008
        with pytest.raises(ConnectionClosed, match="1008"):
            waiting.socket.recv(timeout=10)
        assert [short.get("/signed-in", Cookie=short.cookies[who]).status for who in ("ida", "ben", "eve")] == [401] * 3
        assert short.get("/signed-in", Cookie=short.cookies["kim"]).status == 204
        while time.monotonic() < begun + LATEST and busy.closed_with is None:
            busy.run("methods")
            time.sleep(0.5)
        assert busy.run("methods") == b""
        assert busy.closed_with == 1008
        assert time.monotonic() > begun + LATEST - 2
    assert short.get("/signed-in", Cookie=short.cookies["kim"]).status == 401


PROXY = """
way = "proxy"
[sessions]
idle_minutes = 0.05
[proxy]
addresses = ["127.0.0.1"]
[[group]]
name = "leads"
role = "quality"
"""


@pytest.mark.thorough
def test_a_socket_that_a_proxy_let_in_is_asked_for_again(canaries: Home, tmp_path: Path) -> None:
    """It closes when the proxy has not named the person for a while; the browser comes back through the proxy."""
    (tmp_path / "access.toml").write_text(PROXY, encoding="utf-8")
    given = {"OUTCOMES_ACCESS_FILE": str(tmp_path / "access.toml"), "OUTCOMES_DEMO_HOME": str(canaries.root)}
    with gated(tmp_path, Home(tmp_path / "home"), {}, **given) as proxied:
        with proxied.tab(None, **NAMED) as tab:
            assert len(tab.run("methods")) > 100
            with pytest.raises(ConnectionClosed, match="1008"):
                while True:
                    tab.socket.send(heartbeat())
                    time.sleep(0.3)
        assert proxied.get("/signed-in", **NAMED).status == 204
        with proxied.tab(None, **NAMED) as again:
            assert len(again.run("methods")) > 100
