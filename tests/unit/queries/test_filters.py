"""Filters: closed keys, checked values, one text that stands for a choice."""

from datetime import date
from pathlib import Path

import pytest

from data.errors import UsageProblem
from queries.catalogue.filters import KEYS, Filters, parse_where, sort_categories, sort_values
from queries.figures.cohort import Extent, read_cohort
from tests.departments import outcome, random_department, warehouse_of

KNOWN = {"site": ("Northfield", "Riverside"), "age_band": ("70–79",), "setting": ("outpatient", "not_recorded")}


def known(key: str) -> tuple[str, ...]:
    return KNOWN.get(key, ())


def test_pairs_become_filters() -> None:
    filters = parse_where(["site=Riverside", "site=Northfield", "from=2026-01-01", "to=2026-06-30"], known)
    assert filters == Filters.of({"site": ["Northfield", "Riverside"]}, date(2026, 1, 1), date(2026, 6, 30))
    assert filters.to_text() == "site=Northfield&site=Riverside&from=2026-01-01&to=2026-06-30"


def test_a_keyboard_hyphen_is_taken_for_a_dash() -> None:
    assert parse_where(["age_band=70-79"], known)["age_band"] == ("70–79",)


@pytest.mark.parametrize(
    "pair",
    [
        "site", "site=Elsewhere", "colour=red", "from=yesterday", "levels=5", "site=Riverside' or true --",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_a_usage_error(pair: str) -> None:
    with pytest.raises(UsageProblem):
        parse_where([pair], known)


def test_dates_must_run_forwards() -> None:
    with pytest.raises(UsageProblem):
        parse_where(["from=2026-06-01", "to=2026-01-01"], known)


def test_the_order_in_which_values_are_picked_does_not_matter() -> None:
    assert Filters.of({"levels": ["3", "1"]}) == Filters.of({"levels": ["1", "3", "1"]})
    assert hash(Filters.of({"levels": ["3", "1"]})) == hash(Filters.of({"levels": ["1", "3"]}))


def test_values_stand_in_natural_order() -> None:
    assert sort_values("age_band", ["90+", "not_recorded", "under 60", "70–79"]) == [
        "under 60", "70–79", "90+", "not_recorded",
    ]  # fmt: skip
    assert sort_categories(["L1", "T12", "T2"]) == ["T2", "T12", "L1"]
    assert sort_categories(["10", "2", "4+"]) == ["2", "4+", "10"]
    assert sort_categories(["other", "wound", "nausea"]) == ["nausea", "wound", "other"]


@pytest.mark.parametrize("key", KEYS)
def test_every_key_selects_exactly_its_procedures(key: str, tmp_path: Path) -> None:
    outcomes, pains = random_department(11, 50)
    warehouse = warehouse_of(tmp_path / "g.duckdb", outcomes, pains)
    whole = read_cohort(warehouse)
    for value in whole.codes(key).values:
        wanted = [("not_recorded" if row.get(key) is None else str(row[key])) == value for row in outcomes]
        assert (whole.select(Filters.of({key: [value]})).cell_of >= 0).tolist() == wanted


def test_dates_are_included(tmp_path: Path) -> None:
    rows = [outcome(place, performed_on=date(2026, 1, place)) for place in (1, 2, 3)]
    whole = read_cohort(warehouse_of(tmp_path / "g.duckdb", rows))
    chosen = whole.select(Filters(date(2026, 1, 2), date(2026, 1, 3)))
    assert (chosen.cell_of >= 0).tolist() == [False, True, True]


def test_the_extent_counts_people_once(tmp_path: Path) -> None:
    rows = [
        outcome(1, performed_on=date(2026, 1, 12)),
        outcome(2, performed_on=date(2026, 2, 12), patient_key="00000000-0000-0000-0000-000000000001"),
        outcome(3, performed_on=date(2026, 3, 2), site="Northfield"),
    ]
    whole = read_cohort(warehouse_of(tmp_path / "g.duckdb", rows))
    assert whole.extent(Filters()) == Extent(3, 2, date(2026, 1, 12), date(2026, 3, 2))
    assert whole.extent(Filters.of({"site": ["Riverside"]})) == Extent(2, 1, date(2026, 1, 12), date(2026, 2, 12))
    assert whole.extent(Filters.of({"site": ["Elsewhere"]})) == Extent(0, 0, None, None)
