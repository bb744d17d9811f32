"""Changes registered in advance: what is counted before and after, the two looks, what is said, and what is silent."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from data.home import Home
from data.journal import Journal
from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import read_catalogue
from queries.statistics.changes import registered
from queries.trends.annotations import REGISTERED, Counts, Registration, notes_of, registrations_of
from queries.trends.present import judge_figure
from queries.trends.registered_changes import Look, count_before, looks_at
from queries.trends.trend import make_trend
from tests.series import monthly

METRIC = "day_case_completed"
FROM = date(2026, 3, 1)
TWELVE = [12] * 24
BEFORE = [8, 7] * 12
SINCE = [10, 9, 10] * 4


def registration(**cells: object) -> Registration:
    one = Registration(
        id=1,
        metric=METRIC,
        on=FROM,
        run_in=0,
        what="new discharge protocol",
        choice="",
        sites=(),
        version=read_catalogue()[METRIC].header.version,
        before=Counts(successes=tuple(BEFORE), n=tuple(TWELVE), eligible=288),
        is_in_advance=True,
        is_intact=True,
        author="A. Lead",
        at="2026-02-01T08:00:00Z",
    )
    return replace(one, **cells)  # type: ignore[arg-type]


def series(since: list[int], **more: object):
    """24 months before March 2026, then these months of twelve cases."""
    return monthly([*BEFORE, *since], [12] * (24 + len(since)), date(2024, 3, 1), **more)  # type: ignore[arg-type]


def look(since: list[int], one: Registration | None = None, filters: Filters = EVERYTHING, **more: object) -> Look:
    (found,) = looks_at([one or registration()], METRIC, filters, series(since, **more))
    return found


def test_before_are_the_last_24_closed_months_with_cases_before_the_day() -> None:
    figures = monthly([*[1] * 6, *BEFORE, 5], [*[2] * 6, *TWELVE, 9], date(2023, 9, 1))
    counted = count_before(figures, FROM)
    assert (counted.successes, counted.n, counted.eligible) == (tuple(BEFORE), tuple(TWELVE), 288)
    assert count_before(figures, date(2026, 2, 15)).n == (2, *TWELVE[:23])
    empty = monthly(
        [*BEFORE[:4], 0, *BEFORE[:2]], [*TWELVE[:4], 0, *TWELVE[:2]], date(2025, 8, 1), not_due=[0] * 6 + [1]
    )
    assert count_before(empty, FROM).n == (12,) * 5


@pytest.mark.parametrize(("closed", "months"), [(0, 0), (5, 0), (6, 6), (11, 6), (12, 12), (15, 12)])
def test_it_is_looked_at_after_6_and_after_12_closed_months_and_never_again(closed: int, months: int) -> None:
    since = [*SINCE, 0, 0, 0][:closed]
    found = look(since)
    assert found.months == months
    assert (found.state == "looked") is (months > 0)
    if months:
        assert found.after is not None and len(found.after.n) == months
        level = {6: 0.995, 12: 0.973}[months]
        assert found.found == registered(BEFORE, TWELVE, SINCE[:months], [12] * months, level)


def test_a_month_whose_windows_are_open_is_not_looked_at() -> None:
    assert look(SINCE[:6], not_due=[0] * 28 + [1, 0]).months == 0
    assert look(SINCE[:6], incomplete=1).months == 0


def test_the_sentence_gives_both_counts_the_interval_of_the_look_and_what_it_cannot_rule_out() -> None:
    found = look(SINCE[:6])
    change = registered(BEFORE, TWELVE, SINCE[:6], [12] * 6, 0.995)
    ends = [f"{100 * end:+.0f}".replace("-", "−") for end in (change.lower, change.upper)]
    assert found.direction == "higher"
    assert found.words.sentence == (
        "“new discharge protocol”, registered from 1 March 2026: 58 of 72 since, 180 of 288 in the 24 months before: "
        f"+18 points (99.5 % interval {ends[0]} to {ends[1]}), higher than before, more than chance explains. The date "
        "was fixed in advance. Other changes at that time, or recovery from an unusually bad spell, cannot be ruled "
        "out. The last look, after 12 months, is when the records of February 2027 are complete."
    )
    assert found.words.short == "higher: 58 of 72 since 1 March 2026, a date fixed in advance"
    at_last = look(SINCE)
    assert "97.3 % interval" in at_last.words.sentence
    assert at_last.words.sentence.endswith("cannot be ruled out.")


def test_between_looks_it_says_when_the_next_is_and_nothing_else() -> None:
    assert look(SINCE[:5]).words.sentence == (
        "“new discharge protocol”, registered from 1 March 2026: the first look, after 6 months, is when the records "
        "of August 2026 are complete."
    )
    same = look(BEFORE[:6])
    assert same.direction == ""
    assert "no difference that chance does not explain" in same.words.sentence


def test_months_of_a_run_in_and_a_month_that_had_begun_count_on_neither_side() -> None:
    late = registration(on=date(2026, 3, 9), run_in=1)
    assert late.first_month == date(2026, 5, 1)
    found = look(SINCE[:8], late)
    assert found.after is not None and found.after.successes == tuple(SINCE[2:8])
    assert look(SINCE[:7], late).months == 0


def test_what_was_written_down_after_its_first_outcomes_is_a_note() -> None:
    found = look(SINCE, registration(is_in_advance=False))
    assert (found.state, found.found, found.is_silencing) == ("note", None, False)
    assert "it is not tested" in found.words.sentence


def test_a_changed_definition_and_a_changed_journal_are_not_tested() -> None:
    assert look(SINCE, registration(version=0)).state == "redefined"
    assert look(SINCE, registration(is_intact=False)).state == "altered"


def test_where_more_are_recorded_than_before_it_cannot_be_judged() -> None:
    one = registration(before=Counts(successes=tuple(BEFORE), n=tuple(TWELVE), eligible=330))
    found = look(SINCE, one)
    assert found.state == "recording"
    assert "more were recorded than before; a change cannot be judged" in found.words.sentence


def test_on_another_choice_it_stands_without_numbers() -> None:
    here = Filters.of({"site": ["Lakeside"]})
    found = look(SINCE[:6], filters=here)
    assert (found.state, found.found) == ("elsewhere", None)
    assert "58" not in found.words.sentence and "protocol" not in found.words.sentence
    elsewhere = registration(sites=("Riverside",), choice="site=Riverside")
    assert looks_at([elsewhere], METRIC, here, series(SINCE)) == ()
    dated = Filters.of({}, date(2026, 1, 1))
    assert look(SINCE[:6], filters=dated).state == "looked"


@pytest.mark.parametrize(("months", "is_silent"), [(-4, False), (-3, True), (3, True), (11, True), (12, False)])
def test_the_month_chosen_by_the_data_is_silent_from_3_months_before_to_the_last_look(
    months: int, is_silent: bool
) -> None:
    """A change of 16 months ago, before the one that was registered."""
    yes = [*[6] * 16, *[11] * 24][: 28 + months]
    figures = monthly(yes, [12] * len(yes), date(2023, 11, 1))
    looks = looks_at([registration()], METRIC, EVERYTHING, figures)
    found = judge_figure(METRIC, lambda _: figures, lambda _: "plain", looks)
    assert (found.reason == "registered") is is_silent
    assert found.direction == ("" if is_silent else "higher")
    trend = make_trend(figures, read_catalogue()[METRIC], step="month", gate="plain", judgement=found)
    assert ("chosen by the data" in trend.sentence) is not is_silent
    assert "new discharge protocol" in trend.sentence


def write(home: Home, **cells: object) -> int:
    payload = {
        "on": "2026-03-01", "run_in_months": 0, "choice": "", "sites": [], "definition_version": 1,
        "is_in_advance": True, "successes": [1], "n": [2], "eligible": 2,
    } | cells  # fmt: skip
    return Journal(home.journal).append_linked(REGISTERED, METRIC, payload, "A. Lead", "new protocol").id


def test_the_journal_gives_those_in_force_and_a_note_on_their_charts(tmp_path) -> None:
    home = Home(tmp_path)
    home.private.mkdir()
    first, second = write(home), write(home, on="2026-01-01", sites=["Lakeside"])
    assert [one.id for one in registrations_of(home)] == [second, first]
    assert [(note.text, note.site, note.topics) for note in notes_of(home)] == [
        ("registered change: new protocol", "Lakeside", ("discharge",)),
        ("registered change: new protocol", None, ("discharge",)),
    ]
    Journal(home.journal).append_linked(REGISTERED, METRIC, {"withdraws": second}, "A. Lead", None)
    assert [(one.id, one.is_intact) for one in registrations_of(home)] == [(first, True)]


def test_an_entry_that_was_altered_in_the_journal_is_seen(tmp_path) -> None:
    home = Home(tmp_path)
    home.private.mkdir()
    Journal(home.journal).append(REGISTERED, METRIC, {
        "on": "2026-03-01", "run_in_months": 0, "choice": "", "sites": [], "definition_version": 1, "n": [2],
        "is_in_advance": True, "successes": [1], "eligible": 2, "previous": "0" * 64, "link": "f" * 64,
    }, "A. Lead", "made up")  # fmt: skip
    write(home)
    assert [one.is_intact for one in registrations_of(home)] == [False, False]


def test_about_one_of_thirty_stable_departments_is_told_of_a_registered_change() -> None:
    chance = np.random.default_rng(5)
    told = 0
    for _ in range(400):
        yes = chance.binomial(12, 0.64, 36)
        one = registration(before=Counts(successes=tuple(yes[:24]), n=(12,) * 24, eligible=288))
        looks = [
            looks_at([one], METRIC, EVERYTHING, monthly(yes[:end], [12] * end, date(2024, 3, 1)))[0].direction
            for end in (30, 36)
        ]
        told += any(looks)
    assert told / 400 <= 0.05
