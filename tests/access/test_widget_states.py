"""What a browser says of widgets: nothing that no widget can read reaches a page, and nobody fills the error store."""

import re

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from data import bug_reports
from data.home import Home
from tests.access.serving import Gated, Tab

WIDGET = re.compile(rb"\$\$ID-[0-9a-f]{32}-[A-Za-z0-9_]+")
WRONG = {
    "trigger_value": True,
    "bool_value": True,
    "double_value": float("nan"),
    "int_value": 2**40,
    "string_value": "2026-99-99",
    "json_value": "{",
    "bytes_value": b"\xff",
}
LISTS = {"double_array_value": [1e300], "int_array_value": [-1, 7], "string_array_value": ["x", "y"]}


def state(name: str, field: str) -> WidgetState:
    made = WidgetState(id=name)
    if field in LISTS:
        getattr(made, field).data.extend(LISTS[field])
    else:
        setattr(made, field, WRONG[field])
    return made


def said(tab: Tab, page: str, *states: WidgetState, wait: float = 5) -> bytes:
    """What comes back within so many seconds; to states that are refused nothing does."""
    asked = BackMsg()
    asked.rerun_script.page_name = page
    asked.rerun_script.widget_states.widgets.extend(states)
    return tab.send(asked.SerializeToString(), wait=wait)


def test_no_state_of_a_widget_makes_an_error_report(app: Gated) -> None:
    before = set(app.home.private.glob("error-*.txt"))
    with app.tab("leo") as tab:
        names = sorted({found.decode() for page in ("compare", "export") for found in WIDGET.findall(tab.run(page))})
        assert len(names) > 8
        for field in (*WRONG, *LISTS):
            said(tab, "compare", *(state(name, field) for name in names), wait=1)
            assert tab.closed_with is None
        tab.run("recovery")
        assert tab.titles[-1] == "Recovery"
    assert set(app.home.private.glob("error-*.txt")) == before
    assert any((act.person, act.subject) == ("leo", "widget states") for act in app.accounts.acts())


def test_a_widget_that_nobody_knows_is_left_out_and_the_page_is_made(app: Gated) -> None:
    with app.tab("leo") as tab:
        tab.run("recovery")
        assert said(tab, "recovery", state(f"$$ID-{'0' * 32}-none", "string_value"))
        assert tab.titles[-1] == "Recovery"


def test_one_person_fills_no_error_store(home: Home) -> None:
    home.private.mkdir(parents=True)
    kept = [bug_reports.keep_bug_report(ValueError(str(number)), "a badge") for number in range(60)]
    assert sum(bug.place.startswith("nowhere") for bug in kept) == 60 - bug_reports.KEPT_OF_A_PERSON
    assert not bug_reports.keep_bug_report(ValueError("of another"), "another badge").place.startswith("nowhere")


def test_the_oldest_reports_make_room(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.private.mkdir(parents=True)
    monkeypatch.setattr(bug_reports, "KEPT", 5)
    kept = [bug_reports.keep_bug_report(ValueError(str(number)), f"person {number}") for number in range(8)]
    assert len(list(home.private.glob("error-*.txt"))) == 5
    assert (home.private / f"error-{kept[-1].reference}.txt").exists()


def test_one_reader_fetches_so_many_files_a_minute(app: Gated) -> None:
    cookie = app.sign_in("quentin")
    answers = [app.get("/figures/" + "0" * 32, Cookie=cookie) for _ in range(95)]
    assert [one.status for one in answers[:90]] == [403] * 90
    assert {one.status for one in answers[90:]} == {429}
    assert answers[-1].headers["retry-after"] == "60"
    assert app.get("/", Cookie=cookie).status == 200
    assert app.get("/figures/" + "0" * 32, "leo").status == 403
