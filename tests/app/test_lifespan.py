"""A server of the app on loopback: warm before the first reader, also after a load, and it collects its garbage itself.

The benchmark of readers speaks to it through its own tabs.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.accounts import Accounts
from data.home import PROJECT, Home
from data.storage.account_records import Account
from tests.app.test_garbage import run_alone
from tests.benchmarks.tabs import Answer, open_tab
from tests.browser.serving import Server, served
from tests.records import Records, loaded

PATIENCE_SECONDS = 60
# The app as it is shipped, with a diary: which pages the server looked at itself, and each full collection.
WATCHED = """
import gc
import threading
from pathlib import Path

import streamlit as st

from dashboard import garbage, warm_up
from dashboard.access.error_log import on_script_error
from dashboard.lifespan import server_lifespan
from dashboard.server import EXCEPTION_HANDLERS, MIDDLEWARE, ROUTES

diary = Path({diary!r})
take = warm_up.Onlooker.write_forward_msg


def note(line):
    with diary.open("a") as file:
        file.write(line + "\\n")


def take_and_note(self, msg):
    heading = msg.delta.new_element.heading
    if heading.tag == "h1":
        note(f"page {{heading.body}}")
    take(self, msg)


def note_collection(phase, info):
    if phase == "start" and info["generation"] == 2:
        note(f"full collection in {{threading.current_thread().name}}, {{gc.get_freeze_count() > 0}} set aside")


gc.callbacks.append(note_collection)
warm_up.Onlooker.write_forward_msg = take_and_note
garbage.EVERY_SECONDS = 0.2
note(f"postScriptGC {{st.get_option('runner.postScriptGC')}}")
app = st.App(
    {pages!r}, lifespan=server_lifespan, routes=ROUTES, middleware=MIDDLEWARE, exception_handlers=EXCEPTION_HANDLERS,
    on_script_error=on_script_error,
)
"""


@contextmanager
def watched_server(folder: Path, home: Home, **environment: str) -> Iterator[tuple[Server, Path]]:
    """The app, and its diary."""
    script, diary = folder / "watched.py", folder / "diary"
    pages = str(PROJECT / "dashboard" / "contents.py")
    script.write_text(WATCHED.format(diary=str(diary), pages=pages), encoding="utf-8")
    with served(
        folder / "log", script, OUTCOMES_HOME=str(home.root), **{"OUTCOMES_WARM_UP": "all"} | environment
    ) as server:
        yield server, diary


def wait_for(diary: Path, *lines: str) -> list[str]:
    """The diary when it holds these lines, each at least once."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        written = diary.read_text(encoding="utf-8").splitlines()
        if set(lines) <= set(written):
            return written
        assert time.monotonic() < until, (lines, written)
        time.sleep(0.05)


def records_of(*days: str) -> Records:
    records = Records()
    for day in days:
        records.score(records.procedure(day), f"{day}T09:00", 8)
    return records


async def read_pages(server: Server, *asked: tuple[str, str]) -> list[Answer]:
    async with open_tab(server.address) as tab:
        return [await tab.open_page(page, query) for page, query in asked]


def read_until(server: Server, diary: Path, line: str) -> list[str]:
    """The diary when it holds a line; pages are read until then."""
    until = time.monotonic() + PATIENCE_SECONDS
    while line not in (written := diary.read_text(encoding="utf-8").splitlines()):
        assert time.monotonic() < until, written
        run_alone(read_pages(server, ("", ""), ("safety", ""), ("compare", ""), ("pain_relief", "")))
    return written


def test_pages_come_through_the_socket_and_garbage_is_collected_between_runs(home: Home, tmp_path: Path) -> None:
    loaded(home, records_of("2026-01-12", "2026-02-10"))
    with watched_server(tmp_path, home, OUTCOMES_ACCESS="this-computer") as (server, diary):
        # Made before the server answered at all.
        assert "page Overview" in wait_for(diary, "postScriptGC False")
        wait_for(diary, "page Compare", "page Methods", "page Sign-off")
        asked = ("", ""), ("recovery", "levels=1"), ("nowhere", "")
        overview, recovery, nowhere = run_alone(read_pages(server, *asked))
        written = read_until(server, diary, "full collection in AnyIO worker thread, True set aside")
    assert (overview.title, overview.errors) == ("Overview", ())
    assert (recovery.title, recovery.errors) == ("Recovery", ())
    assert nowhere.errors == ("there is no such page",)
    assert not [line for line in written if "ScriptRunner" in line]


@pytest.mark.thorough
def test_a_generation_is_looked_at_as_soon_as_it_is_published(home: Home, tmp_path: Path) -> None:
    with watched_server(tmp_path, home, OUTCOMES_ACCESS="this-computer") as (_, diary):
        assert "page" not in diary.read_text(encoding="utf-8")
        loaded(home, records_of("2026-01-12"))
        first = wait_for(diary, "page Methods")
        loaded(home, records_of("2026-01-12", "2026-02-10"), "next")
        until = time.monotonic() + PATIENCE_SECONDS
        while wait_for(diary, "page Methods").count("page Methods") < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
    assert first.count("page Methods") == 1


@pytest.mark.thorough
def test_where_people_sign_in_every_kind_of_reader_is_looked_for(home: Home, tmp_path: Path) -> None:
    loaded(home, records_of("2026-01-12"))
    accounts = Accounts(home.accounts)
    accounts.save(Account(name="anna", way="accounts", role="lead"))
    accounts.close()
    with watched_server(tmp_path, home) as (_, diary):
        written = wait_for(diary, "page Vertebroplasty outcomes")
    assert "page Procedures" in written
    assert "page Not open to you" not in written


def test_a_server_may_be_told_to_look_at_the_first_page_only(home: Home, tmp_path: Path) -> None:
    loaded(home, records_of("2026-01-12"))
    with watched_server(tmp_path, home, OUTCOMES_ACCESS="this-computer", OUTCOMES_WARM_UP="first") as (server, diary):
        wait_for(diary, "page Overview")
        run_alone(read_pages(server, ("safety", "")))
        assert "page Safety" not in diary.read_text(encoding="utf-8")
