"""A mistake in the program, on a page and in a route: a reference for the browser and the log, the words in private."""

import re
from pathlib import Path

from dashboard.server import broken_response
from data.home import Home
from tests.access.serving import Gated
from tests.browser.serving import served

REFERENCE = re.compile(r"\b[0-9a-f]{8}\b")
APP = """
import streamlit as st
from dashboard.access.error_log import keep_values_out, on_script_error
keep_values_out()
app = st.App({page!r}, on_script_error=on_script_error)
"""
PAGE = """
import streamlit as st
st.write("before")
raise ValueError("bad row for CANARY of " + __file__)
"""


def kept(home: Home, told: str) -> str:
    """What lies under the reference that somebody was told."""
    (path,) = {home.private / f"error-{found}.txt" for found in REFERENCE.findall(told)}
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text(encoding="utf-8")


def test_a_route_that_fails_tells_a_reference(home: Home) -> None:
    home.private.mkdir(parents=True, mode=0o700)
    answer = broken_response(None, ValueError("bad row for CANARY"))  # type: ignore[arg-type]
    told = bytes(answer.body).decode()
    assert answer.status_code == 500
    assert "CANARY" not in told
    assert "bad row for CANARY" in kept(home, re.search(r"this program: (\w+)", told)[1])


def test_a_page_that_fails_tells_a_reference_and_no_word_or_place_of_the_error(home: Home, tmp_path: Path) -> None:
    home.private.mkdir(parents=True, mode=0o700)
    (tmp_path / "page.py").write_text(PAGE, encoding="utf-8")
    (tmp_path / "app.py").write_text(APP.format(page=str(tmp_path / "page.py")), encoding="utf-8")
    with served(tmp_path / "log", tmp_path / "app.py", OUTCOMES_HOME=str(home.root)) as server:
        with Gated(server, home, None).tab() as tab:  # type: ignore[arg-type]
            tab.run()
        log = server.log.read_text(encoding="utf-8")
    told = re.search(rb"this program: \*\*(\w+)\*\*", tab.bytes)
    assert told is not None
    assert b"CANARY" not in tab.bytes
    assert b"Traceback" not in tab.bytes
    assert str(tmp_path).encode() not in tab.shown
    assert "bad row for CANARY" in kept(home, told[1].decode())
    assert "CANARY" not in log
    assert told[1].decode() in log or "ValueError" not in log
