"""Safety and Compare: words with their gates, reviews, spans, peers, and no ranking."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashboard.access.rights import AccessDenied
from dashboard.journal import notes
from dashboard.pages.compare import compare
from dashboard.pages.levels_treated import levels_treated
from dashboard.pages.overview import attention, cards
from dashboard.pages.overview.differences import differing_sites
from dashboard.pages.overview.site_table import site_table
from dashboard.pages.safety import safety
from dashboard.text import phrases
from dashboard.view import event_watch, reader_view, safety_events
from dashboard.view.reader_view import View, open_view
from dashboard.view.safety_events import WAITING
from dashboard.widgets.view_trends import trend_of
from data.home import Home
from data.journal import Journal
from queries.catalogue.filters import Filters
from queries.catalogue.spans import USUAL_AGAINST, USUAL_SPAN, Span
from queries.figures.summarise import Row
from queries.statistics import cusum
from queries.trends.case_sequences import Cases
from tests.app.pages import app, texts
from tests.records import Records, loaded
from tests.signed_in import as_reader
from tests.synthetic import synthetic_home


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return synthetic_home(tmp_path_factory, 400, 7)


@pytest.fixture
def view(department: Home, monkeypatch: pytest.MonkeyPatch) -> View:
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(department.root))
    as_reader(monkeypatch, "lead")
    return open_view(Filters())


def row(numerator: int, recorded: int, gate: str, upper: float = 4.3) -> Row:
    share = 100 * numerator / recorded
    return {"numerator": numerator, "recorded": recorded, "value": share, "lower": 0.0, "upper": upper, "gate": gate}


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ("plain", "0 of 84: up to 4.3 % by chance"),
        ("caution", "0 of 84: reported events, not a rate"),
        ("bounds_only", "0 of 84: reported events, not a rate"),
        ("counts_only", "0 of 84"),
    ],
)
def test_none_of_eighty_four_is_up_to_some_and_only_as_far_as_people_are_followed_up(gate: str, said: str) -> None:
    assert phrases.event_words(row(0, 84, gate)) == said


@pytest.mark.parametrize(
    ("events", "gate", "said"),
    [(2, "plain", "5 % (2 of 40)"), (2, "caution", "2 of 40, too few followed up"), (0, "plain", "0 of 40")],
)
def test_a_cell_of_the_matrix_says_a_rate_of_events_only_from_80_per_cent_followed_up(
    events: int, gate: str, said: str
) -> None:
    assert levels_treated.figure_cell(row(events, 40, gate) | {"unit": "%", "followed_up_of": 40}) == said


def test_of_those_not_followed_up_more_may_have_happened() -> None:
    few = row(2, 40, "caution") | {"followed_up": 30, "followed_up_of": 40}
    assert phrases.event_words(few) == "2 of 40: at least 5.0 % (10 of 40 not followed up)"


def test_every_figure_stands_beside_those_known_to_be_followed_up(view: View) -> None:
    rows = safety.figure_rows(view)
    assert set(rows["label"]) >= {"Serious complication or death within 30 days", "Died within 30 days"}
    assert rows["followed"].str.contains(" of ").all()


def test_what_nobody_records_is_counted_and_has_no_share_and_no_chart(home: Home, monkeypatch) -> None:
    records = Records()
    for day in range(1, 29):
        # No sender says whether anybody came back, nor what happened.
        records.procedure(f"2026-03-{day:02}")
    records.reach("2026-05-20")
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    rows = safety.figure_rows(open_view(Filters())).set_index("label")
    unknown = rows.loc["Readmitted within 30 days of the procedure"]
    assert (unknown["events"], unknown["rate"]) == ("28 not recorded", "")
    assert "Fewer than ten" not in safety.follow_up_note(open_view(Filters()))
    at = app("same_day_discharge", open="came_back")
    assert "Not recorded by this department, or not for these procedures." in texts(at)
    assert "0 of 0" not in "".join(str(one) for one in at.get("plotly_chart"))


def test_where_nothing_is_recorded_no_page_speaks_of_fewer_than_ten(home: Home, monkeypatch) -> None:
    records = Records()
    for day in range(1, 29):
        records.procedure(f"2026-03-{day:02}", discharged_at=None, recovery_ready_at=None, disposition=None)
    records.reach("2026-05-20")
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    for page in ("same_day_discharge", "recovery", "pain_relief"):
        at = app(page)
        assert not at.warning, (page, at.warning[0].value)
        assert "0 of 0" not in texts(at)


def test_a_review_in_the_app_is_the_state_of_an_event(view: View, department: Home) -> None:
    before = safety_events.event_rows(view)
    assert len(before) and (before["state"] == "not yet reviewed").all()
    first = before.iloc[0]
    number = None if pd.isna(first["complication_id"]) else int(first["complication_id"])
    Journal(department.journal).append(
        "review", first["procedure_id"], {"complication_id": number, "event": first["type"]}, "A. Lead", "looked at"
    )
    after = safety_events.event_rows(view)
    assert after.iloc[0]["state"].endswith("by A. Lead")
    assert (after["state"] == "not yet reviewed").sum() == len(after) - 1
    assert safety_events.count_waiting(after).words in safety.review_note(after)


def test_without_a_time_the_recovery_card_says_nothing_of_hours(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    records.procedure(recovery_ready_at=None, discharged_at=None)
    loaded(home, records)
    card = cards.headline_cards(open_view(Filters()))[2]
    assert (card.page, card.headline, card.counts) == ("recovery", "not recorded", "")


def test_events_that_wait_are_one_count_on_every_page(view: View, department: Home) -> None:
    events = safety_events.event_rows(view)
    waiting = safety_events.count_waiting(events)
    unseen = events[events["state"] == safety_events.WAITING]
    assert waiting.early + waiting.later + waiting.late_deaths == len(unseen)
    assert waiting.early and waiting.words.startswith(f"{waiting.early + waiting.later} events and deaths wait")
    items = [one.text for one in attention.needs_attention(view) if one.page == "safety"]
    assert items[0] == waiting.words
    assert waiting.words in safety.review_note(events)
    soonest = unseen[unseen["days_after"] <= 30].iloc[-1]
    number = None if pd.isna(soonest["complication_id"]) else int(soonest["complication_id"])
    written = {"complication_id": number, "event": soonest["type"]}
    Journal(department.journal).append("review", soonest["procedure_id"], written, "A. Lead", "seen")
    assert safety_events.count_waiting(safety_events.event_rows(view)).early == waiting.early - 1


def test_what_waits_longest_stands_first_and_the_rest_in_panels(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "AT_FIRST", 3)
    events = safety_events.event_rows(view)
    soon, late = safety_events.split_late(events)
    first, *panels = safety.event_parts(events)
    assert list(first.rows["occurred_on"]) == sorted(soon.loc[soon["state"] == WAITING, "occurred_on"])[:3]
    assert sum(len(part.rows) for part in panels) + len(first.rows) == len(events)
    assert all(part.title.endswith(f"({len(part.rows):,})") for part in panels)
    assert [part.key for part in panels] == ["more_events", "reviewed_events", "late_deaths"]
    assert len(panels[-1].rows) == len(late) > 0
    assert [len(part.rows) for part in safety.event_parts(events[:0])] == [0]


def test_events_are_for_those_who_may_see_single_procedures(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = replace(view, reader=as_reader(monkeypatch, "viewer"))
    with pytest.raises(AccessDenied):
        safety_events.event_rows(outside)


def test_what_is_watched_says_how_often_it_errs_and_what_it_would_have_found(view: View) -> None:
    found = event_watch.watch_events(view)
    assert found is not None
    if found.found is None:
        assert "cannot be watched yet" in found.told
    else:
        assert "a false signal would be seen within 500 cases" in found.chances
        assert found.chances.startswith("A doubling would be found within 300 cases in ")
        assert "itself uncertain" in found.subtitle
        assert found.told.startswith(("Events came", "No sign that they come more often than in the first "))


def test_the_rate_to_watch_against_needs_a_hundred_cases_with_five_events() -> None:
    few = Cases((), np.array([True] * 4 + [False] * 200))
    assert not 0 < event_watch._expected_rate(few).rate < 1
    enough = Cases((), np.array(([True] + [False] * 24) * 8))
    assert event_watch._expected_rate(enough).rate == pytest.approx(5 / 101)
    assert event_watch._expected_rate(enough).rests_on == (5, 101)


def test_fewer_events_than_expected_are_watched_only_from_twenty_events_on() -> None:
    days = (date(2026, 1, 1),) * 600
    some = Cases(days, np.array(([True] * 5 + [False] * 95) + [False] * 500))
    against = event_watch._expected_rate(some)
    found = cusum.bernoulli(some.events, against.rate)
    assert found.signals_down
    assert "less often" not in event_watch._cusum_sentence(found, against, some, has_lower=False)
    assert "less often in" not in event_watch._chances_words(against, has_lower=False)
    many = event_watch.Expected(0.05, (20, 400), "20 in the own first 400 cases")
    assert "Events came less often than expected" in event_watch._cusum_sentence(found, many, some, has_lower=True)
    assert "less often in" in event_watch._chances_words(many, has_lower=True)


def test_false_signals_are_told_with_the_uncertainty_of_the_rate() -> None:
    own, known = (event_watch.Expected(0.05, basis, "x") for basis in ((5, 100), None))
    wrong = [
        int(event_watch._chances_words(one, has_lower=False).split("cases in ")[1].split()[0]) for one in (own, known)
    ]
    assert wrong[0] > wrong[1]


def asked(view: View, by: str, metric: str = "day_case_completed") -> compare.Asked:
    return compare.Asked(metric=metric, by=by, view=compare.in_span(view, metric), peers=(), around=view)


def test_units_are_compared_over_twelve_months_at_most(view: View) -> None:
    months = compare.in_span(view, "day_case_completed").filters
    assert (months.date_from, months.date_to) == (date(2025, 7, 1), date(2026, 6, 30))


def test_each_site_stands_with_all_headline_figures_of_overview(view: View) -> None:
    view = open_view(Filters.of({"technique": ["vertebroplasty"]}), Span(USUAL_SPAN, USUAL_AGAINST))
    question = asked(view, "site")
    table = compare.with_headlines(question, compare.differences_table(compare.compare_choice(question)))
    header, rows, _ = site_table(view, list(differing_sites(view)))
    assert [tuple(row) for row in table.iloc[:, [0, *range(3, 8)]].itertuples(index=False)] == rows
    assert ("◆" in header[0]) == ("◆" in table.columns[0]) == any("◆" in cell for row in rows for cell in row)


def test_a_span_keeps_to_the_dates_chosen(view: View) -> None:
    chosen = replace(view, filters=replace(view.filters, date_from=date(2025, 10, 1), date_to=date(2025, 12, 31)))
    filters = compare.in_span(chosen, "day_case_completed").filters
    assert (filters.date_from, filters.date_to) == (date(2025, 10, 1), date(2025, 12, 31))


def test_any_two_ranges_are_compared_and_else_that_of_the_bar(view: View) -> None:
    question = asked(view, "period")
    assert list(compare.span_filters(question)) == ["1 July 2024 to 30 June 2025", "1 July 2025 to 30 June 2026"]
    own = replace(question, other=(date(2024, 1, 1), date(2024, 3, 31)))
    found = compare.compare_choice(own)
    assert list(found.units["label"]) == ["1 January 2024 to 31 March 2024", "1 July 2025 to 30 June 2026"]
    quarter = view.within((date(2024, 1, 1), date(2024, 3, 31))).figure("day_case_completed")
    assert int(found.units["recorded"].iloc[0]) == quarter["recorded"]


@pytest.mark.parametrize("by", ["site", "operator", "period"])
def test_units_stand_in_alphabetical_order_and_words_rank_nobody(view: View, by: str) -> None:
    question = asked(at_riverside(view) if by == "operator" else view, by)
    found = compare.compare_choice(question)
    labels = [label for label in found.units["label"] if not label.startswith("other")]
    assert labels == sorted(labels)
    said = " ".join(
        [compare.answer_sentence(question, found), *compare.comparison_notes(question, found), compare.LOOK_INTO_FIRST]
    ).lower()
    for word in ("best", "worst", "rank", "fail", "better than"):
        assert word not in said


def at_riverside(view: View) -> View:
    return replace(view, filters=view.filters.with_values("site", ("Riverside Hospital",)))


def test_operators_are_compared_within_one_site_only(view: View) -> None:
    question = asked(view, "operator")
    assert compare.sites_to_choose(view) == ["Northfield Clinic", "Riverside Hospital"]
    assert compare.compare_choice(question).units.empty
    assert compare.answer_sentence(question, compare.compare_choice(question)).endswith("choose a site.")
    assert len(compare.comparison_notes(question, compare.compare_choice(question))) == 1
    within = asked(at_riverside(view), "operator")
    assert compare.sites_to_choose(within.view) == []
    assert len(compare.compare_choice(within).units) >= 2


def test_an_operator_whose_own_course_is_unstable_is_looked_into_before_any_funnel(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked(at_riverside(view), "operator")
    monkeypatch.setattr("queries.trends.comparison.FUNNEL_UNITS", 3)
    funnel = compare.compare_choice(question)
    assert funnel.way == "funnel"
    monkeypatch.setattr("queries.trends.comparison.is_unsteady", lambda *_: True)
    held = compare.compare_choice(question)
    assert held.way == "intervals" and len(held.unsteady) == len(held.peers)
    assert compare.answer_sentence(question, held).endswith("it is not stable by itself.")
    assert any(one.startswith("No funnel: ") for one in compare.comparison_notes(question, held))


def test_pain_is_compared_as_change_and_not_as_effect(view: View) -> None:
    for metric in compare.METRICS:
        question = asked(view, "site", metric=metric)
        said = " ".join(compare.comparison_notes(question, compare.compare_choice(question)))
        assert ("not its effect" in said) is metric.startswith("responders")


def test_case_mix_is_tabled_beside_every_comparison(view: View) -> None:
    question = asked(view, "site")
    table = compare.case_mix(question, list(compare.compare_choice(question).units["label"]))
    assert {"80 or older", "ASA 3–5", "more than one vertebra", "osteoporotic"} <= set(table.columns)


def test_operators_are_codes_for_those_without_the_right_to_names(
    department: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(department.root))
    as_reader(monkeypatch, "quality")
    found = compare.compare_choice(asked(at_riverside(reader_view.open_view(Filters())), "operator"))
    assert len(found.units)
    assert all(label.startswith(("Operator ", "other")) for label in found.units["label"])


def test_safety_is_not_compared() -> None:
    assert not {name for name in compare.METRICS if name in safety.FIGURES}


def test_a_rebase_that_a_lead_decided_reaches_the_chart(view: View, department: Home) -> None:
    notes.rebase_metric(view, "day_case_completed", date(2025, 2, 1), "nurse call introduced")
    found = trend_of(view, "day_case_completed", "month").trend
    assert [one.reason for one in found.rebases] == ["nurse call introduced"]
    notes.rebase_metric(view, "day_case_completed", None, "taken back")
    assert trend_of(view, "day_case_completed", "month").trend.rebases == ()


def test_four_headline_figures_are_judged_together(view: View) -> None:
    shown = cards.headline_cards(view)
    said = cards.answer_sentence(shown, "")
    for card in shown:
        assert (f"{card.title} is {card.trend.direction} since about " in said) == bool(card.trend.direction)
        assert card.verdict.startswith(cards.MARKS[card.trend.direction]) or card.verdict.startswith("? ")
    assert ("No change is seen" in said) == any("no change" in card.verdict for card in shown)
    assert cards.answer_sentence(shown, "Sites differ in recovery.") == f"{said} Sites differ in recovery."


@pytest.mark.parametrize(
    ("before", "followed_up", "said"),
    [
        (6, 411, " (the difference may be chance)"),
        (0, 411, ""),
        (6, 300, " (followed up unlike: a change cannot be judged)"),
    ],
)
def test_events_differ_from_those_before_by_chance_or_not(
    before: int, followed_up: int, said: str, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = row(before, 411, "plain") | {"followed_up": followed_up, "followed_up_of": 411}
    monkeypatch.setattr(safety_events, "_row_before", lambda *_: earlier)
    now = row(11, 440, "plain") | {"followed_up": 440, "followed_up_of": 440}
    assert safety_events._chance_words(view, now) == said
