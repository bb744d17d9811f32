"""Rules of selection on the page of levels."""

from dashboard.pages.levels_treated.selection_snapshot import judge_selection, rule_table
from dashboard.view.reader_view import open_view
from data.home import Home
from queries.catalogue.filters import Filters
from tests.app.pages import app, texts
from tests.records import Records, loaded


def test_each_rule_says_how_many_meet_it_and_which_fact_is_missing(home: Home, monkeypatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    for number in range(10):
        row = records.procedure("2026-01-12", mri_oedema="yes" if number else "", levels="T8;T9;T10;T11")
        if number < 8:
            records.score(row, "2026-01-12T08:00", 5 + number % 2)
    records.procedure("2026-01-12", setting="already_inpatient", mri_oedema="no")
    loaded(home, records)
    found = {one.rule.title: one for one in judge_selection(open_view(Filters()))}
    pain = found["Pain 8 or more in hospital, 5 or more at home"]
    assert (pain.met, pain.documented, pain.procedures, pain.missing) == (8, 8, 11, (("pain before", 3),))
    oedema = found["Oedema on MRI"]
    assert (oedema.met, oedema.documented, oedema.missing) == (9, 10, (("MRI oedema", 1),))
    assert rule_table([found["Conservative care failed"]]).iloc[0, 1] == "not recorded"
    shown = texts(app("levels_treated", open="selection", span="all"))
    assert "More than 3 levels in one session: 10 of 11" in shown
