"""Comparing units, and rare events case by case: what is pooled, left out, and when a funnel may be drawn."""

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import read_catalogue
from queries.trends.case_sequences import Cases, cases_in_order, events_for_review
from queries.trends.comparison import compare_units, is_unsteady, with_courses
from queries.trends.trend import Trend, make_trend
from queries.warehouse import Warehouse
from tests.departments import outcome, warehouse_of
from tests.series import monthly

SERIOUS = read_catalogue()["serious_or_death_30_days"]


def units(*rows: tuple[str, int, int], gate: str = "plain") -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["group", "numerator", "recorded"])
    return found.assign(eligible=found["recorded"], gate=gate)


def test_five_units_with_ten_cases_make_a_funnel() -> None:
    found = compare_units(units(*[(name, 15, 20) for name in "EDCBA"]))
    assert found.way == "funnel" and found.found is not None
    assert list(found.units["label"]) == ["A", "B", "C", "D", "E"]
    assert not found.is_adjusted


def test_fewer_units_get_intervals_and_differences_to_the_rest() -> None:
    found = compare_units(units(("A", 18, 20), ("B", 10, 20)))
    assert (found.way, found.found) == ("intervals", None)
    assert found.units["difference"].tolist() == pytest.approx([40, -40])
    assert (found.units["difference_lower"] <= found.units["difference"]).all()


def test_small_units_are_pooled_and_do_not_make_a_funnel() -> None:
    found = compare_units(units(*[(name, 15, 20) for name in "ABCD"], ("E", 6, 8), ("F", 3, 4)))
    assert found.way == "intervals"
    assert found.units["label"].iloc[-1] == "other (2 with fewer than ten)"
    assert found.units["recorded"].iloc[-1] == 12


def test_units_with_too_much_missing_are_named_and_not_compared() -> None:
    rows = units(("A", 18, 20), ("B", 10, 20))
    rows.loc[1, "gate"] = "bounds_only"
    found = compare_units(rows)
    assert found.left_out == ("B",)
    assert list(found.units["label"]) == ["A"]


def test_peers_are_chosen_by_a_person_and_what_is_not_recorded_is_no_unit() -> None:
    rows = units(*[(name, 15, 20) for name in "ABCDEF"], ("not_recorded", 15, 20))
    assert list(compare_units(rows).units["label"]) == list("ABCDEF")
    assert list(compare_units(rows, ("A", "C")).units["label"]) == ["A", "C"]


def test_limits_are_widened_only_for_ten_units_that_differ_by_more_than_chance() -> None:
    wide = compare_units(units(*[(f"U{place:02}", 4 if place % 2 else 36, 40) for place in range(10)]))
    assert wide.is_adjusted
    assert not compare_units(units(*[(f"U{place:02}", 4 if place % 2 else 36, 40) for place in range(8)])).is_adjusted


FLAT = [8, 9, 7, 10, 8, 7, 9, 8, 6, 9, 8, 10, 7, 8, 9, 8, 7, 9, 8, 7, 9, 7, 8, 9]


def course(yes: list[int]) -> Trend:
    return make_trend(monthly(yes, [12] * len(yes)), read_catalogue()["day_case_completed"], step="month", gate="plain")


STEADY = course(FLAT)
CHANGED = course([*FLAT[:20], *[12, 11, 12, 11, 12, 12, 11, 12, 12, 11]])
UNSTABLE = course([5] * 14 + [11] * 14)
SHORT = course(FLAT[:9])


@pytest.mark.parametrize("one", [CHANGED, UNSTABLE])
def test_a_unit_whose_own_chart_is_unstable_keeps_the_funnel_back(one: Trend) -> None:
    funnel = compare_units(units(*[(name, 15, 20) for name in "ABCDE"]))
    courses = {"A": STEADY, "B": one, "C": STEADY, "D": SHORT, "E": STEADY}
    found = with_courses(funnel, courses, date(2025, 7, 1))
    assert (found.way, found.found, found.unsteady, found.unjudged) == ("intervals", None, ("B",), 1)
    assert list(found.units["label"]) == list("ABCDE")


def test_units_that_are_stable_or_cannot_be_judged_do_not() -> None:
    funnel = compare_units(units(*[(name, 15, 20) for name in "ABCDE"]))
    found = with_courses(funnel, {**dict.fromkeys("ABC", STEADY), "D": SHORT, "E": SHORT}, date(2025, 7, 1))
    assert (found.way, found.unsteady, found.unjudged) == ("funnel", (), 2)
    assert found.found is funnel.found


def test_a_change_before_the_span_does_not_make_it_unstable() -> None:
    assert CHANGED.judgement.now is not None and CHANGED.judgement.now.last == date(2026, 6, 30)
    assert is_unsteady(CHANGED, date(2026, 6, 30))
    assert not is_unsteady(CHANGED, date(2026, 7, 1))


def test_nobody_to_compare_is_no_error() -> None:
    assert compare_units(units()).units.empty


def test_gaps_are_cases_between_events_and_the_open_end_is_no_gap() -> None:
    cases = Cases((), pd.Series([False, True, True, False, False, True, False]).to_numpy())
    assert cases.gaps == [0, 2]
    assert cases.since_last == 1
    assert Cases((), pd.Series([False] * 4).to_numpy()).since_last == 4


def test_years_begin_so_many_cases_and_days_after_the_first_event() -> None:
    days = (date(2024, 6, 1), date(2024, 12, 30), date(2025, 3, 1), date(2025, 4, 1), date(2026, 1, 2))
    cases = Cases(days, pd.Series([False, True, False, True, False]).to_numpy())
    assert cases.years == [(1, 2, 2025), (3, 367, 2026)]


def test_days_between_events_count_from_procedure_to_procedure_and_may_be_none() -> None:
    days = tuple(date(2026, 1, day) for day in (1, 3, 3, 9, 20))
    cases = Cases(days, np.array([False, True, True, True, False]))
    assert (cases.day_gaps, cases.days_since_last) == ([0, 6], 11)
    assert (Cases(days, np.zeros(5, bool)).day_gaps, Cases(days, np.zeros(5, bool)).days_since_last) == ([], 19)
    assert Cases((), np.zeros(0, bool)).days_since_last == 0


def department(path: Path) -> Warehouse:
    rows = [
        outcome(1, performed_on=date(2026, 2, 1), serious_complication_day=3, complication_day=3),
        outcome(2, performed_on=date(2026, 1, 5)),
        outcome(3, performed_on=date(2026, 3, 1), death_day=10, site="Northfield"),
        outcome(4, performed_on=date(2026, 3, 2)),
    ]
    file = warehouse_of(path, rows).path
    events = [
        (1, 1, date(2026, 2, 4), "infection", "D", "sir", None, False),
        (2, 2, date(2026, 1, 6), "haematoma", None, None, None, True),
        (3, 2, date(2026, 1, 6), "cement_leak", None, None, False, False),
        (4, 4, date(2026, 3, 3), "bleeding", "B", "sir", None, False),
        (5, 4, date(2026, 3, 4), "radicular_pain", "3", "cirse", None, False),
    ]
    copy = path.with_name("events.duckdb")
    copy.write_bytes(file.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        for number, place, day, kind, severity, scale, symptomatic, reviewed in events:
            connection.execute(
                "insert into complications (complication_id, procedure_id, occurred_on, type, severity, scale,"
                " symptomatic, reviewed) values (?, ?, ?, ?, ?, ?, ?, ?)",
                [number, rows[place - 1]["procedure_id"], day, kind, severity, scale, symptomatic, reviewed],
            )
    return Warehouse(copy)


def test_cases_come_in_order_of_date(tmp_path: Path) -> None:
    cases = cases_in_order(department(tmp_path / "w.duckdb"), SERIOUS, EVERYTHING)
    assert list(cases.days) == sorted(cases.days)
    assert cases.events.tolist() == [False, True, True, False]


def test_serious_events_events_without_a_class_and_deaths_are_listed_newest_first(tmp_path: Path) -> None:
    rows = events_for_review(department(tmp_path / "w.duckdb"), EVERYTHING)
    assert list(zip(rows["type"], rows["grade"], rows["days_after"], strict=True)) == [
        ("death", "death", 10), ("radicular_pain", "serious", 2), ("infection", "serious", 3),
        ("haematoma", "not_classified", 1),
    ]  # fmt: skip


def test_the_list_keeps_to_the_filters(tmp_path: Path) -> None:
    filters = Filters.of({"site": ["Northfield"]})
    assert events_for_review(department(tmp_path / "w.duckdb"), filters)["type"].tolist() == ["death"]


def test_nothing_to_review_is_an_empty_list(tmp_path: Path) -> None:
    assert events_for_review(warehouse_of(tmp_path / "w.duckdb", [outcome(1)]), EVERYTHING).empty
