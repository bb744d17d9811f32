"""Figures beside pain and times: on the pages of the synthetic department, and where nothing of them is sent."""

import pytest

from dashboard.pages.levels_treated import cement_and_leaks
from dashboard.pages.pain_relief import pain_comparisons
from dashboard.pages.procedures import procedure_detail
from dashboard.view.reader_view import open_view
from data.home import Home
from queries.catalogue.filters import Filters
from queries.explain.table_extracts import procedure_ids
from queries.warehouse import open_current
from tests.app.pages import app, texts
from tests.records import Records, loaded

PANELS = {
    "pain_relief": ("beside_pain", "Opioids, and what patients say of the result", "Free of opioids at 24–72 hours"),
    "recovery": ("waiting", "Waiting, imaging and pain during the procedure", "Days from referral"),
    "follow_up": ("osteoporosis", "Osteoporosis: bone density", "Osteoporosis work-up closed by 12 weeks"),
    "safety": ("kinds", "Every kind of event by itself", "leak without symptoms"),
    "levels_treated": ("leaks", "Cement and leaks, by how leaks were looked for", "fluoroscopy"),
}
QUIET = ("safety", "levels_treated")


@pytest.mark.parametrize("page", PANELS)
def test_a_panel_tells_each_figure_with_of_how_many(page: str, synthetic: Home) -> None:
    key, title, figure = PANELS[page]
    at = app(page, open=key)
    assert not at.exception
    assert title in " ".join(one.label for one in at.expander)
    assert figure in texts(at)
    assert " of " in texts(at)


@pytest.mark.parametrize("page", [one for one in PANELS if one not in QUIET])
def test_where_nothing_is_sent_a_page_says_so(page: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    records.score(records.procedure("2026-01-12"), "2026-01-14T09:00", 3)
    records.reach("2026-05-20")
    loaded(home, records)
    shown = texts(app(page, open=PANELS[page][0]))
    assert "Not recorded by this department, or not for these procedures" in shown


def test_pain_change_is_told_as_mean_with_interval_and_median_with_quartiles(home: Home, monkeypatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    for day, after in enumerate((1, 2, 2, 3, 3, 4, 4, 5, 6, 8), start=1):
        row = records.procedure(f"2026-01-{day:02}")
        records.score(row, f"2026-01-{day:02}T08:00", 8)
        records.score(row, f"2026-01-{day + 2:02}T10:00", after)
    records.reach("2026-01-25")
    loaded(home, records)
    view = open_view(Filters())
    (row, later) = pain_comparisons.change_rows(view)
    # Changes -7, -6, -6, -5, -5, -4, -4, -3, -2, 0; the mean by t with 9 degrees of freedom (2.262).
    assert pain_comparisons.change_cells(row) == (
        "-4.2 (-5.7 to -2.7)",
        "-4.5 (-5.8 to -3.2)",
        "10 of 10 recorded (100 %)",
    )
    assert pain_comparisons.change_cells(later)[0] == "not recorded"
    assert "-4.5 (-5.8 to -3.2)" in texts(app("pain_relief", open="change", period="all"))


def test_ways_of_looking_for_leaks_are_rows_apart(synthetic: Home) -> None:
    rows, _, behind = cement_and_leaks.leak_table(open_view(Filters()))
    assert [row[0] for row in rows] == ["fluoroscopy", "CT", "how is not recorded"]
    leaks = {row["group"]: row["value"] for row in behind if row["metric"] == "leaks_per_100_vertebrae"}
    assert leaks["ct"] > 2 * leaks["fluoroscopy"]


def test_where_no_cement_and_no_way_of_looking_is_sent_the_panel_is_not_there(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    records.procedure("2026-01-12", cement_ml=None)
    loaded(home, records)
    assert PANELS["levels_treated"][1] not in " ".join(one.label for one in app("levels_treated").expander)


def test_questionnaires_that_were_answered_before_are_told_and_no_others(
    synthetic: Home, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = texts(app("pain_relief", open="function", timepoint="follow_up"))
    for title in ("Change in RMDQ", "ODI lower by 30 % or more", "EQ-5D index higher by 0.08 or more"):
        assert f"{title} at 1–2 weeks" in shown
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    patient = records.procedure("2026-01-12")
    records.score(patient, "2026-01-10", None, odi=50)
    records.score(patient, "2026-01-20", None, odi=20)
    records.reach("2026-05-20")
    loaded(home, records)
    only = texts(app("pain_relief", open="function", timepoint="follow_up"))
    assert "ODI lower by 30 % or more" in only and "1 of 1" in only
    assert "Change in RMDQ" not in only and "Change in EQ-5D" not in only
    procedure = procedure_ids(open_current(home))[0]
    told = texts(app("procedures", procedure=procedure))
    assert "ODI: 20 %" in told and procedure_detail.OTHER_ANSWERS in told
    assert "Change in ODI at 1–2 weeks" in told and "Change in RMDQ" not in told
