"""Readers of every role, for tests of pages and figures."""

from collections.abc import Iterable

import pytest

from dashboard.access.rights import at_home
from dashboard.access.roles import Role, Viewer
from dashboard.view import reader_view
from data.home import Home
from data.journal import Journal
from queries.warehouse import open_current


def as_reader(
    monkeypatch: pytest.MonkeyPatch, role: Role, sites: Iterable[str] | None = None, operators: Iterable[str] = ()
) -> Viewer:
    """From here on, everything the app shows in this process is shown to a reader of that role."""
    known = None if sites is None else frozenset(sites)
    reader = at_home(Viewer(f"one {role}", role, known, operators=frozenset(operators)))
    monkeypatch.setattr(reader_view, "viewer", lambda _: reader)
    return reader


def sign_off(home: Home, month: str) -> None:
    """Sign the generation in service off for a month, as a lead does on the page."""
    generation = open_current(home).info.generation
    Journal(home.journal).append("sign_off", month, {"generation": generation, "month": month, "figures": {}}, "lead")
