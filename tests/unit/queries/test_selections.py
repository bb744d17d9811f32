"""The procedures behind a row of a figure are as many as the figure counts, for every metric and every kind of row."""

from datetime import date
from pathlib import Path

import pytest

from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import EXCLUSIONS, read_catalogue
from queries.explain.procedures import list_procedures, read_procedure
from queries.explain.selections import Behind, parse_period, places_behind
from queries.figures.counts import EXCLUSION_COLUMNS
from queries.figures.summarise import headline_row, summarise
from queries.warehouse import Warehouse
from tests.departments import random_department, warehouse_of


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return warehouse_of(tmp_path_factory.mktemp("behind") / "w.duckdb", *random_department(9, 150))


def count(warehouse: Warehouse, filters: Filters = EVERYTHING, **row: str | None) -> int:
    return len(places_behind(warehouse, filters, Behind(**row)))  # type: ignore[arg-type]


def test_every_answer_has_as_many_procedures_as_its_figure_counts(warehouse: Warehouse) -> None:
    filters = Filters.of({"site": ["Riverside"]}, date(2025, 10, 1))
    for name, metric in read_catalogue().items():
        row = headline_row(warehouse, metric, filters)
        counted = {
            "counted": row["eligible"], "recorded": row["recorded"], "not-recorded": row["missing"],
            **{key.replace("_", "-"): row[column] for key, column in zip(EXCLUSIONS, EXCLUSION_COLUMNS, strict=True)},
        }  # fmt: skip
        if metric.kind == "proportion":
            counted |= {"yes": row["numerator"], "no": row["recorded"] - row["numerator"]}
        for status, wanted in counted.items():
            assert count(warehouse, filters, metric=name, status=status) == wanted, (name, status)
        counted_or_not = count(warehouse, filters, metric=name, status="counted") + count(
            warehouse, filters, metric=name, status="not-counted"
        )
        assert counted_or_not == count(warehouse, filters)


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_rows_by_group_and_period_lead_to_their_own_procedures(period: str, warehouse: Warehouse) -> None:
    rows = summarise(warehouse, read_catalogue()["day_case_completed"], filters=EVERYTHING, by="levels", period=period)
    assert len(rows) > 3
    for row in rows.itertuples():
        place = {"metric": "day_case_completed", "by": "levels", "group": row.group, "period": row.period}
        assert count(warehouse, status="recorded", **place) == row.recorded
        assert count(warehouse, status="counted", **place) == row.eligible


def test_a_category_leads_to_those_who_have_it(warehouse: Warehouse) -> None:
    for name in ("levels_per_procedure", "not_same_day_reason", "nights_in_hospital"):
        for row in summarise(
            warehouse, read_catalogue()[name], filters=EVERYTHING, by=None, period="quarter"
        ).itertuples():
            assert count(warehouse, metric=name, category=row.category, period=row.period) == row.numerator


@pytest.mark.parametrize(
    "row",
    [
        {"metric": "nothing"}, {"status": "perhaps"}, {"by": "levels"}, {"group": "2"}, {"by": "drop", "group": "2"},
        {"period": "2026-13"}, {"period": "2026-Q5"}, {"category": "T12"}, {"period": "9999-01-01"},
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_exist_has_nobody_behind_it(row: dict[str, str], warehouse: Warehouse) -> None:
    assert not Behind(**row).is_valid  # type: ignore[arg-type]
    assert count(warehouse, **row) == 0  # type: ignore[arg-type]


def test_periods_are_read_from_their_labels() -> None:
    for label in ("2026-03", "2026-Q1", "2026"):
        period = parse_period(label)
        assert period is not None
        assert period.label == label


def test_a_list_keeps_the_order_asked_for(warehouse: Warehouse) -> None:
    rows = list_procedures(warehouse, [7, 2, 5])
    days = warehouse.rows("select outcome_no, performed_on from outcomes")
    assert list(rows["performed_on"]) == [dict(days)[number] for number in (8, 3, 6)]
    assert list_procedures(warehouse, []).empty


def test_a_key_that_is_none_finds_no_procedure(warehouse: Warehouse, tmp_path: Path) -> None:
    for key in ("", "1", "'; drop table outcomes", "00000000-0000-0000-0000-0000000000ff"):
        assert read_procedure(warehouse, key) is None
