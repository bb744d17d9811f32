"""Sign-off: figures and generation are kept, and every later change is told with its cause."""

from pathlib import Path

import pytest

from dashboard.access.rights import AccessDenied
from dashboard.journal import sign_offs
from dashboard.pages import sign_off
from dashboard.view import reader_view
from dashboard.view.reader_view import View
from data.errors import UsageProblem
from data.home import Home
from data.journal import Journal
from etl.generations import publish
from etl.generations.lineage import list_published
from queries.catalogue import metrics
from queries.catalogue.filters import Filters
from queries.explain import restatements
from queries.figures.outside.outside_readers import read_signatures
from tests.app.pages import app
from tests.app.test_digest import grid_rows
from tests.records import Records, loaded, take
from tests.signed_in import as_reader


def january(scored: int) -> Records:
    """Six procedures in January with a score before; the first ones also after; February closes the month."""
    records = Records()
    for number in range(6):
        row = records.procedure(f"2026-01-{10 + number}", updated_at="2026-02-01T00:00")
        records.score(row, f"2026-01-{10 + number}T08:00", 8)
        if number < scored:
            records.score(row, f"2026-01-{12 + number}T09:00", 3)
    records.reach("2026-04-20")
    return records


@pytest.fixture
def lead(home: Home, monkeypatch: pytest.MonkeyPatch) -> View:
    loaded(home, january(4))
    as_reader(monkeypatch, "lead")
    return reader_view.open_view(Filters())


def change_of(view: View, metric: str) -> restatements.Change:
    (restated,) = sign_offs.find_restatements(view)
    return next(change for change in restated.changes if change.metric == metric)


def test_a_signed_month_stands_in_the_journal_with_its_generation(lead: View, home: Home) -> None:
    assert sign_offs.closed_months(lead)[-1] == "2026-01"
    assert "2026-04" not in sign_offs.closed_months(lead)
    sign_offs.sign_off(lead, "2026-01")
    (event,) = Journal(home.journal).events("sign_off")
    assert event.payload["generation"] == lead.info.generation
    assert event.payload["month"] == event.subject == "2026-01"
    figures = {row["metric"]: row for row in event.payload["figures"]}
    assert set(figures) == set(sign_offs.HEADLINES)
    assert (figures["procedures"]["eligible"], figures["recorded_hours_24_72"]["numerator"]) == (6, 4)
    assert sign_offs.signed_months(lead)["2026-01"].author == "one lead"
    assert sign_offs.find_restatements(lead) == []


def test_a_signature_bears_a_comment_and_is_withdrawn_with_a_reason(lead: View, home: Home) -> None:
    sign_offs.sign_off(lead, "2026-01", " agreed at the meeting ")
    assert sign_offs.signed_months(lead)["2026-01"].comment == "agreed at the meeting"
    with pytest.raises(UsageProblem, match="no reason"):
        sign_offs.withdraw_sign_off(lead, "2026-01", " ")
    sign_offs.withdraw_sign_off(lead, "2026-01", "two procedures were missing")
    assert sign_offs.signed_months(lead) == {}
    assert read_signatures(home) == []
    sign_offs.sign_off(lead, "2026-01")
    assert list(sign_offs.signed_months(lead)) == ["2026-01"]
    assert [event.words for event in Journal(home.journal).events("sign_off")] == [
        "agreed at the meeting", "two procedures were missing", None,
    ]  # fmt: skip


def test_a_signature_is_withdrawn_on_the_page_by_one_click_after_the_reason(lead: View) -> None:
    sign_offs.sign_off(lead, "2026-01")
    sign_offs.sign_off(lead, "2026-02")
    sign_offs.sign_off(lead, "2026-03")
    at = app("sign_off").selectbox(key="sign_month").select("2026-01").run()
    withdraw = next(one for one in at.button if one.label == "Withdraw the signature")
    at = withdraw.click().run()
    assert "Say why it is withdrawn." in [one.value for one in at.error]
    assert "2026-01" in sign_offs.signed_months(lead)
    at.text_input(key="withdraw_reason_2026-01").set_value("wrong month")
    next(one for one in at.button if one.label == "Withdraw the signature").click().run()
    assert set(sign_offs.signed_months(lead)) == {"2026-02", "2026-03"}


def test_late_scores_corrections_and_new_procedures_are_told_apart(lead: View, home: Home, tmp_path: Path) -> None:
    sign_offs.sign_off(lead, "2026-01")
    more = Records()
    late = {"procedure_id": "P013", "patient_id": "N013", "performed_on": "2026-01-14"}
    more.score(late, "2026-01-16T10:00", 2, score_id="LATE")
    more.procedures.append(
        january(4).procedures[0] | {"discharged_at": "2026-01-11T09:00", "updated_at": "2026-03-01T00:00"}
    )
    more.procedure("2026-01-30", procedure_id="NEW", patient_id="NEW")
    take(home, more.write(tmp_path / "more"), accept_rejects=True)
    now = reader_view.open_view(Filters())
    assert now.info.generation != lead.info.generation
    scored = change_of(now, "recorded_hours_24_72")
    assert dict(scored.causes) == {"late scores": 1, "procedures that came later": 1}
    assert (scored.signed["numerator"], scored.now["numerator"]) == (4, 5)
    assert dict(change_of(now, "day_case_completed").causes) == {"corrections": 1, "procedures that came later": 1}
    assert dict(change_of(now, "procedures").causes) == {"procedures that came later": 1}


def test_a_change_of_definition_is_told(
    lead: View, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_offs.sign_off(lead, "2026-01")
    more = Records()
    more.procedure("2026-03-02", procedure_id="X", patient_id="X")
    take(home, more.write(tmp_path / "more"))
    assert sign_offs.find_restatements(reader_view.open_view(Filters())) == []
    metric = metrics.read_catalogue()["mean_levels"]
    changed = metrics.Metric(metric.name, metric.header.model_copy(update={"version": 2}), metric.sql, metric.timepoint)
    monkeypatch.setitem(metrics.read_catalogue(), "mean_levels", changed)
    causes = change_of(reader_view.open_view(Filters()), "mean_levels").causes
    assert causes == (("the definition changed, version 1 to 2", 0),)


def test_a_signed_generation_outlives_later_loads_and_its_loss_is_told(
    lead: View, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "KEPT", 1)
    sign_offs.sign_off(lead, "2026-01")
    for number in range(2):
        more = Records()
        more.procedure("2026-01-29", procedure_id=f"M{number}", patient_id=f"M{number}")
        take(home, more.write(tmp_path / f"more{number}"))
    assert len(list_published(home)) == 2
    assert any(lead.info.generation in name for name in list_published(home))
    now = reader_view.open_view(Filters())
    assert dict(change_of(now, "procedures").causes) == {"procedures that came later": 2}
    (home.generations / next(name for name in list_published(home) if lead.info.generation in name)).unlink()
    assert change_of(now, "procedures").causes[0][0].startswith("not known")


def test_only_closed_months_and_only_those_who_may(lead: View, monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    for month in ("2026-04", "2027-01", "2026-Q1", "nonsense"):
        with pytest.raises(UsageProblem):
            sign_offs.sign_off(lead, month)
    for role in ("viewer", "quality", "coordinator", "admin"):
        other = View(lead.path, lead.info, as_reader(monkeypatch, role), lead.filters)  # type: ignore[arg-type]
        with pytest.raises(AccessDenied):
            sign_offs.sign_off(other, "2026-01")
    as_reader(monkeypatch, "lead", ["Riverside"])
    with pytest.raises(AccessDenied):
        sign_offs.sign_off(reader_view.open_view(Filters()), "2026-01")
    assert Journal(home.journal).events() == []


def test_the_page_names_the_months_that_wait_as_runs(lead: View) -> None:
    sign_offs.sign_off(lead, "2026-02")
    assert "not yet: January 2026, March 2026." in app("sign_off").header[0].value
    sign_offs.withdraw_sign_off(lead, "2026-02", "by mistake")
    assert "not yet: January 2026 – March 2026." in app("sign_off").header[0].value


def test_the_month_offered_is_the_oldest_that_waits_since_signing_began(lead: View) -> None:
    closed = sign_offs.closed_months(lead)
    assert app("sign_off").selectbox(key="sign_month").value == closed[0] == "2026-03"
    sign_offs.sign_off(lead, "2026-01")
    at = app("sign_off")
    assert at.selectbox(key="sign_month").value == "2026-02"
    table = next(one.value for one in at.get("html") if "month before" in one.value)
    asked = [row for row in grid_rows(table) if row[0].startswith("Pain asked at")]
    assert asked
    assert {row[2] for row in asked} == {""}
    assert sign_off.next_month(closed, {"2026-01", "2026-02", "2026-03"}) == "2026-03"


def test_a_share_that_differs_from_the_month_before_bears_the_mark_of_the_cards(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Records()
    for month, stayed in (("2026-01", 0), ("2026-02", 20), ("2026-03", 20)):
        for place in range(30):
            left = f"{month}-1{3 if place < stayed else 2}T16:00"
            records.procedure(f"{month}-12", intended_stay="day_case", discharged_at=left)
    records.reach("2026-04-20")
    loaded(home, records)
    as_reader(monkeypatch, "lead")
    at = app("sign_off")
    told = {}
    for month in ("2026-03", "2026-02"):
        at = at.selectbox(key="sign_month").select(month).run()
        table = next(one.value for one in at.get("html") if "month before" in one.value)
        told[month] = next(row for row in grid_rows(table) if row[0] == "Same-day discharge: home that day")
    assert told["2026-03"][1] == "33 % (10 of 30)"
    assert told["2026-02"][1] == "▽ 33 % (10 of 30)"
