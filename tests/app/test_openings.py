"""Who opened the record of one procedure stands in the audit: once for each opening."""

import getpass
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import rights
from dashboard.access.openings import ACTION
from dashboard.access.roles import Viewer
from dashboard.access.settings import _open_store, account_store
from dashboard.pages.accounts import audit_shown
from data.home import Home
from queries.warehouse import open_current
from tests.app.pages import app, texts
from tests.records import Records, loaded


@pytest.fixture
def keys(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The keys of two procedures, of real records that one person looks at."""
    records = Records()
    for day in ("2026-01-13", "2026-01-12"):
        records.score(records.procedure(day, patient_id=day), f"{day}T08:00", 8)
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    monkeypatch.setenv("OUTCOMES_NOW", "2026-01-15T16:00:00Z")
    yield [str(row[0]) for row in open_current(home).rows("select procedure_id from outcomes order by performed_on")]
    account_store().close()
    _open_store.cache_clear()


def openings() -> list[tuple[str, str, str]]:
    return [(one.person, one.subject, one.result) for one in account_store().acts() if one.action == ACTION]


def test_a_procedure_that_is_opened_leaves_one_line_however_often_it_is_drawn(keys: list[str]) -> None:
    me = getpass.getuser()
    at = app("procedures", procedure=keys[0])
    at.toggle(key="procedure_later").set_value(True).run()
    at.run()
    assert not at.exception
    assert openings() == [(me, keys[0], "procedures")]
    _go(at, procedure=keys[1])
    _go(at, procedure=keys[0])
    assert openings() == [(me, key, "procedures") for key in (keys[0], keys[1], keys[0])]
    # Who goes back to the list, or to another page, has left it.
    _go(at)
    _go(at, procedure=keys[0])
    assert len(openings()) == 4
    assert account_store().broken_link() is None


def _go(at: AppTest, **query: str) -> None:
    at.query_params.clear()
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception


def test_lists_and_keys_of_nobody_leave_no_line(keys: list[str]) -> None:
    del keys
    assert not app("procedures").exception
    at = app("procedures", procedure="0" * 32)
    assert at.error
    assert openings() == []


def test_the_form_of_one_patient_on_the_call_list_leaves_a_line(keys: list[str]) -> None:
    at = app("calls")
    assert openings() == []
    at.session_state[f"score_{keys[0]}_hours_24_72"] = True
    at.run().run()
    assert not at.exception
    assert openings() == [(getpass.getuser(), keys[0], "calls")]


def test_a_record_is_not_shown_where_its_line_cannot_be_written(home: Home, keys: list[str]) -> None:
    home.accounts.mkdir()
    at = app("procedures", procedure=keys[0])
    assert "Scores and what became of them" not in texts(at)
    assert at.error


def test_the_auditor_sees_who_opened_which_procedure(keys: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for action, subject in ((ACTION, keys[0]), ("sign-in", ""), (ACTION, keys[1])):
        account_store().audit("cora", action, subject, "calls")
    auditor = Viewer("ada", "admin")
    monkeypatch.setattr(rights, "viewer", lambda: auditor)
    shown = audit_shown(auditor, of_procedures=True)
    assert list(shown["procedure"]) == [keys[1], keys[0]]
    assert set(shown["person"]) == {"cora"}
    assert list(audit_shown(auditor)["action"]) == ["sign-in"]
