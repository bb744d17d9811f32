"""Figures of a pool: nothing tells of one hospital outside, and nobody waits for a late one."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.errors import UsageProblem
from etl.registry.pool.pool_build import SQL
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.figures.counts import last_closed_month, last_whole_month
from queries.figures.summarise import summarise
from queries.warehouse import Warehouse
from tests.departments import AS_OF, outcome, warehouse_of

METRICS = read_catalogue()


def pooled(path: Path, rows: list[dict[str, Any]], late: dict[str, date] | None = None) -> Warehouse:
    """A pool of these rows; `late`: hospitals and the day they reach."""
    warehouse_of(path, rows).let_go()
    other = path.with_name(f"pooled-{path.name}")
    other.write_bytes(path.read_bytes())
    with duckdb.connect(str(other)) as connection:
        connection.execute((SQL / "pool_tables.sql").read_text(encoding="utf-8"))
        for hospital in sorted({row["hospital"] for row in rows}):
            day = (late or {}).get(hospital, AS_OF)
            connection.execute(
                "insert into hospitals values (?, ?, null, 'records', 1, '', ?, ?, 0, 0, 0, 'drop', 'band', 'day')",
                [hospital, hospital, day, (AS_OF - day).days],
            )
    return Warehouse(other)


def shares(**hospitals: tuple[int, int]) -> list[dict[str, Any]]:
    """Procedures of hospitals: so many that were home the same day, and so many that were not."""
    rows: list[dict[str, Any]] = []
    for hospital, (yes, no) in hospitals.items():
        for day in [0] * yes + [1] * no:
            facts = {"hospital": hospital, "site": hospital, "discharge_day": day, "technique": "vertebroplasty"}
            rows.append(outcome(len(rows) + 1, **facts))
    return rows


@pytest.mark.parametrize(
    ("hospitals", "is_shown"),
    [
        ({"a": (20, 20), "b": (20, 20), "c": (20, 20)}, True),
        ({"a": (60, 60), "b": (60, 60)}, False),
        ({"a": (200, 200)}, False),
        # Four fifths are not too much, more are.
        ({"a": (80, 80), "b": (10, 10), "c": (10, 10)}, True),
        ({"a": (82, 82), "b": (9, 9), "c": (9, 9)}, False),
        # Nearly all who said yes are of one hospital.
        ({"a": (50, 30), "b": (2, 60), "c": (2, 60)}, False),
    ],
)
def test_no_figure_outside_tells_of_one_hospital(
    hospitals: dict[str, tuple[int, int]], is_shown: bool, tmp_path: Path
) -> None:
    warehouse = pooled(tmp_path / "g.duckdb", shares(**hospitals))
    (row,) = summarise(warehouse, METRICS["same_day_discharge"], audience="outside").to_dict("records")
    assert row["suppressed"] is not is_shown
    (exact,) = summarise(warehouse, METRICS["same_day_discharge"]).to_dict("records")
    assert exact["eligible"] == sum(map(sum, hospitals.values()))


def test_two_hospitals_with_answers_are_too_few(tmp_path: Path) -> None:
    rows = shares(a=(40, 40), b=(40, 40), c=(40, 40))
    for row in rows[160:]:
        row["discharge_day"] = None
    (row,) = summarise(pooled(tmp_path / "g.duckdb", rows), METRICS["same_day_discharge"], audience="outside").to_dict(
        "records"
    )
    assert row["suppressed"]


def test_what_is_hidden_cannot_be_had_by_subtraction(tmp_path: Path) -> None:
    rows = shares(a=(40, 40), b=(40, 40), c=(40, 40))
    for row in rows[:30]:
        row["technique"] = "balloon_kyphoplasty"
    warehouse = pooled(tmp_path / "g.duckdb", rows)
    table = summarise(warehouse, METRICS["procedures"], by="technique", audience="outside")
    assert table["suppressed"].tolist() == [True, True]
    chosen = Filters.of({"technique": ["vertebroplasty"]})
    (row,) = summarise(warehouse, METRICS["procedures"], filters=chosen, audience="outside").to_dict("records")
    assert row["suppressed"]


def test_outside_nobody_asks_by_hospital(tmp_path: Path) -> None:
    warehouse = pooled(tmp_path / "g.duckdb", shares(a=(20, 20), b=(20, 20), c=(20, 20)))
    with pytest.raises(UsageProblem, match="hospital: is not shown outside"):
        summarise(warehouse, METRICS["procedures"], by="hospital", audience="outside")


def test_nobody_waits_for_a_late_hospital(tmp_path: Path) -> None:
    reached = date(2026, 2, 15)
    rows = [
        outcome(1, hospital="a", performed_on=date(2026, 1, 5)),
        outcome(2, hospital="a", performed_on=date(2026, 4, 5)),
    ]
    rows.append(outcome(3, hospital="b", performed_on=date(2026, 2, 1), as_of=reached, observed_days=14))
    warehouse = pooled(tmp_path / "g.duckdb", rows, {"b": reached})
    safe = METRICS["died_30_days"]
    months = [2026 * 12 + month - 1 for month in (1, 2, 4, 5)]
    assert last_closed_month(warehouse, safe, Filters()) == months[3]
    only_late, others = (Filters.of({"hospital": [name]}) for name in ("b", "a"))
    assert last_whole_month(warehouse, only_late) == months[0]
    assert last_closed_month(warehouse, safe, others) == months[3]

    by_hospital = summarise(warehouse, METRICS["procedures"], by="hospital", period="month").to_dict("records")
    complete = {(row["group"], row["period"]): row["period_complete"] for row in by_hospital}
    assert complete["a", "2026-02"] is True
    assert complete["b", "2026-02"] is False
    assert complete["b", "2026-01"] is True
    assert {row["group"]: row["as_of"] for row in by_hospital} == {"a": AS_OF, "b": reached}
    (row,) = summarise(warehouse, METRICS["procedures"], filters=only_late).to_dict("records")
    assert row["as_of"] == reached
