"""Needs attention: what is listed, and what takes it off the list."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.access.rights import Viewer
from dashboard.journal import call_list, sign_offs
from dashboard.journal.call_list import close_call
from dashboard.journal.targets import set_target
from dashboard.pages import sign_off
from dashboard.pages.overview import attention, differences, yardsticks
from dashboard.pages.overview.cards import CARDS
from dashboard.text.theme import PERCENT_SIGN
from dashboard.view import event_watch, leaflet_sentences, safety_events
from dashboard.view.reader_view import View, open_view
from dashboard.view.safety_events import count_waiting, event_rows
from dashboard.widgets.view_trends import trend_of
from data.home import Home
from data.journal import Journal
from queries.catalogue.filters import Filters
from queries.catalogue.spans import USUAL_AGAINST, USUAL_SPAN, Span
from tests.records import Records, loaded


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")


def texts(view: View) -> list[str]:
    return [item.text for item in attention.needs_attention(view)]


def test_a_window_that_closes_within_a_day_is_listed_until_somebody_closes_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Records()
    for day in ("2026-03-02", "2026-03-02", "2026-03-04"):
        records.procedure(day)
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_NOW", "2026-03-05T12:00:00")
    view = open_view(Filters())
    assert "2 patients' 24–72 hour window closes within a day" in texts(view)
    soonest = attention.call_list(view)[0]
    close_call(view, soonest.procedure_id, soonest.timepoint, "reached")
    assert "1 patient's 24–72 hour window closes within a day" in texts(view)


def test_a_serious_event_is_listed_until_it_is_reviewed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    row = records.procedure("2026-03-02")
    records.procedure("2026-03-02")
    records.complications.append(
        {
            "complication_id": "E1", "procedure_id": row["procedure_id"], "occurred_on": "2026-03-04",
            "type": "neurological_deficit", "severity": "D", "scale": "sir",
        }
    )  # fmt: skip
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_NOW", "2026-03-05T12:00:00")
    view = open_view(Filters())
    assert "1 event or death waits for a review" in texts(view)
    assert count_waiting(event_rows(view)).detailed_words.endswith("(since 2026: 1 within 30 days, 0 later)")
    event = attention.event_rows(view).iloc[0]
    Journal(home.journal).append(
        "review", event["procedure_id"], {"complication_id": int(event["complication_id"])}, "somebody"
    )
    assert not [text for text in texts(view) if "review" in text]


def test_a_late_or_refused_load_is_listed(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    records.procedure("2026-03-02")
    loaded(home, records)
    view = open_view(Filters())
    monkeypatch.setenv("OUTCOMES_NOW", "2026-03-30T12:00:00")
    assert not [text for text in texts(view) if "late" in text]
    monkeypatch.setenv("OUTCOMES_NOW", "2026-06-01T12:00:00")
    assert "The records end on 2 March 2026, 91 days ago: a load is late" in texts(view)
    Journal(home.journal).append("load", "none", {"outcome": "no change", "refused": [{"name": "x.csv"}]}, "x")
    assert "The latest load refused a file" in texts(view)


def test_capture_below_its_gate_is_listed_by_site(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    for site, asked in (("Riverside", 9), ("Lakeside", 6)):
        for place in range(12):
            row = records.procedure("2026-01-12", site=site)
            records.score(row, "2026-01-12T07:00", 8)
            if place < asked:
                records.score(row, "2026-01-14T09:00", 3)
    records.procedure("2026-03-12", site="Riverside")
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_NOW", "2026-03-12T12:00:00")
    found = texts(open_view(Filters()))
    asked = "asked and answered 50 % at Lakeside (too little for a rate) and 75 % at Riverside"
    assert f"Pain at 24–72 hours: {asked}" in found
    lines = [one for one in attention.needs_attention(open_view(Filters())) if one.page == "follow_up"]
    (early,) = [one for one in lines if one.text.endswith(asked)]
    assert early.short == f"Answered, 24–72 hours, both sites: 50–75{PERCENT_SIGN}"
    assert {one.query.get("timepoint") for one in lines} == {one.cause.partition("recorded_")[2] for one in lines}
    assert early.query["timepoint"] == "hours_24_72"


def test_what_a_role_does_not_open_is_not_listed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    records.procedure("2026-03-02")
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_NOW", "2026-03-05T12:00:00")
    view = open_view(Filters())
    assert [item for item in attention.needs_attention(view) if item.page == "calls"]
    quality = View(view.path, view.info, Viewer("q", "quality"), view.filters)
    assert not [item for item in attention.needs_attention(quality) if item.page == "calls"]


def two_sites(records: Records, riverside: int, lakeside: int, day: str = "2026-01-12") -> None:
    """Thirty day cases at each of two sites, so many of them home on the day."""
    for site, home in (("Riverside", riverside), ("Lakeside", lakeside)):
        for place in range(30):
            left = day if place < home else f"{day[:-2]}{int(day[-2:]) + 1}"
            records.procedure(day, site=site, intended_stay="day_case", discharged_at=f"{left}T16:00")


def test_a_share_below_the_month_before_waits_and_one_above_it_does_not(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Records()
    two_sites(records, 15, 15, "2026-01-12")
    two_sites(records, 29, 29, "2026-02-12")
    records.reach("2026-03-12")
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    found = attention.find_items(open_view(Filters()))
    better = [one for one in found.favourable if one.page == "sign_off"]
    assert [one.short for one in better] == ["Same-day discharge: February above January"]
    assert [one.short for one in found.waiting if one.page == "sign_off"] == ["2 months to sign off"]
    two_sites(records, 15, 15, "2026-03-13")
    records.reach("2026-04-12")
    loaded(home, records)
    waiting = attention.needs_attention(open_view(Filters()))
    assert "Same-day discharge: March below February" in [one.short for one in waiting]


@pytest.mark.parametrize(("lakeside", "is_told"), [(29, True), (20, False)])
def test_sites_that_differ_are_listed_by_name_and_number(home: Home, lakeside: int, is_told: bool) -> None:
    records = Records()
    two_sites(records, 15, lakeside)
    records.procedure("2026-03-12", site="Riverside")
    loaded(home, records)
    found = [item for item in attention.needs_attention(open_view(Filters())) if item.page == "compare"]
    assert bool(found) is is_told
    if is_told:
        assert found[0].text == "Same day: Lakeside 97 %, Riverside 50 %, not adjusted; look into"
        assert found[0].query == {"figure": "day_case_completed"}


def test_sites_are_not_compared_where_a_gate_is_not_plain_or_the_difference_is_old(home: Home) -> None:
    records = Records()
    two_sites(records, 15, 29)
    for _ in range(8):
        records.procedure("2026-01-12", site="Lakeside", intended_stay="day_case", discharged_at=None, disposition=None)
    records.procedure("2026-03-12", site="Riverside")
    loaded(home, records)
    assert not [item for item in attention.needs_attention(open_view(Filters())) if item.page == "compare"]
    later = Filters.of({}, date(2026, 2, 1))
    assert not [item for item in attention.needs_attention(open_view(later)) if item.page == "compare"]


def test_operators_of_one_site_are_listed_for_those_who_may_see_their_names(home: Home) -> None:
    records = Records()
    two_sites(records, 15, 29)
    for row in records.procedures:
        row["operator"], row["site"] = f"Dr {row['site']}", "Riverside"
    records.procedure("2026-03-12", site="Riverside")
    loaded(home, records)
    view = open_view(Filters())
    told = "Same day: Dr Lakeside 97 %, Dr Riverside 50 %, not adjusted; look into"
    assert told in texts(view)
    assert told not in texts(View(view.path, view.info, Viewer("q", "quality"), view.filters))


def test_every_signal_of_any_page_stands_there(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(synthetic.root))
    span = Span(USUAL_SPAN, USUAL_AGAINST)
    view = open_view(Filters.of({"technique": ["vertebroplasty"]}), span)
    set_target(view, "day_case_completed", 99.0, date(2024, 1, 1))
    found = [one.text for items in attention.find_items(view) for one in items]
    signals = [one.sentence for one in differences.differing_sites(view)]
    signals.append("Same-day discharge misses its target of 99 %")
    signals.append(count_waiting(event_rows(view)).words)
    for _, metric, title, _ in CARDS:
        trend = trend_of(view, metric).trend
        if trend.direction and trend.judgement.now:
            why = "" if trend.verdict == "improvement" else "; nobody has written why"
            signals.append(f"{title} {trend.direction} since {trend.judgement.now.first:%B %Y}{why}")
    watched = event_watch.watch_events(view)
    if watched and watched.found:
        fewer = watched.found.signals_down if watched.has_lower else []
        sides = (("more", watched.found.signals_up), ("less", fewer))
        signals += [f"Serious events came {side} often than expected" for side, at in sides if at]
    signals.append(f"{len(call_list.workup_list(view))} osteoporosis work-ups are not closed")
    signals += [
        f"What we tell patients does not hold: “{one.now.said}”"
        for one in leaflet_sentences.read_sentences(view)
        if one.verdict[0] == leaflet_sentences.NO
    ]
    closed = sign_offs.closed_months(view)
    signals.append(f"{len(closed)} closed months are not signed off: January 2024 – {sign_off.month_words(closed[0])}")
    earlier = {row["metric"]: row for row in sign_offs.figures_of(view, closed[1])}
    marked = {
        row["metric"]: sign_off.apart_mark(row, earlier[row["metric"]]) for row in sign_offs.figures_of(view, closed[0])
    }
    words = {"△": "above", "▽": "below"}
    signals += [
        f"{sign_off.card_title(metric)}: {words[mark]} the month before in {sign_off.month_words(closed[0])}, "
        "by more than chance explains"
        for metric, mark in marked.items()
        if mark
    ]
    assert set(signals) <= set(found)
    # The line of events gives the verdict of the same watch, and of how many procedures.
    line, _, verdict = safety_events.events_line(view).rpartition("; ")
    assert " procedures to May" in line
    assert verdict in ("more often than expected", "no warning signal", "too few to tell")
    assert (verdict == "too few to tell") == (watched is not None and watched.found is None)
    assert (verdict == "more often than expected") == ("Serious events came more often than expected" in found)
    # A month that is signed waits no more, and the others are named from the oldest on.
    sign_offs.sign_off(view, closed[0])
    assert (
        f"{len(closed) - 1} closed months are not signed off: January 2024 – {sign_off.month_words(closed[1])}"
        in texts(view)
    )
    synthetic.journal.unlink()


def test_harm_stands_before_what_the_figures_say_and_that_before_what_is_missing(
    synthetic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(synthetic.root))
    monkeypatch.setenv("OUTCOMES_NOW", "2026-09-30T12:00:00")
    view = open_view(Filters.of({"technique": ["vertebroplasty"]}), Span(USUAL_SPAN, USUAL_AGAINST))
    set_target(view, "day_case_completed", 99.0, date(2024, 1, 1))
    pages = list(dict.fromkeys(item.page for item in attention.needs_attention(view)))
    assert pages[:4] == ["safety", "data_quality", "what_we_tell_patients", "same_day_discharge"]
    assert pages.index("same_day_discharge") < pages.index("follow_up") < len(pages) - 1
    assert pages[-1] == "sign_off"
    assert texts(view)[1].endswith("a load is late")
    synthetic.journal.unlink()


def test_a_card_stands_beside_its_target_else_beside_what_patients_are_told(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Records()
    two_sites(records, 29, 29)
    records.reach("2026-03-12")
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    view = open_view(Filters())
    row = view.figure("day_case_completed")
    told = yardsticks.choose_yardstick(view, "day_case_completed", row)
    assert told.words == "✓ leaflet holds"
    assert told.rule.startswith("“Home the same day”")
    assert yardsticks.choose_yardstick(view, "mean_levels", view.figure("mean_levels")).words == ""
    set_target(view, "day_case_completed", 99.5, date(2024, 1, 1))
    assert yardsticks.choose_yardstick(view, "day_case_completed", row).words == "✗ target missed"
    set_target(view, "day_case_completed", 99.5, date(2026, 3, 12))
    waits = yardsticks.choose_yardstick(view, "day_case_completed", row)
    assert waits == ("target from April 2026", "first judged when that month is closed")
    assert yardsticks.target_state(view, "day_case_completed") is None


def test_peers_stand_there_only_for_the_very_population(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    two_sites(records, 29, 29)
    records.reach("2026-03-12")
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    home.settings.mkdir(exist_ok=True)
    (home.settings / "benchmarks.csv").write_text(
        "metric,study,date,population,treated_numerator,treated_denominator,source\n"
        "day_case_completed,Peers 2025,2025,technique=vertebroplasty,60,100,a registry\n"
        "day_case_completed,Peers 2026,2026,technique=vertebroplasty,80,100,a registry\n",
        encoding="utf-8",
    )
    chosen = open_view(Filters.of({"technique": ["vertebroplasty"]}))
    row = chosen.figure("day_case_completed")
    beside = yardsticks.choose_yardstick(chosen, "day_case_completed", row)
    assert beside.words == "elsewhere 60 % to 80 %"
    assert "Peers 2025 (2025): a registry" in beside.rule
    assert yardsticks.choose_yardstick(open_view(Filters()), "day_case_completed", row).words == "✓ leaflet holds"
