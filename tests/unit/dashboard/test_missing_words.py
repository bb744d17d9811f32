"""What those without an answer could change, in words."""

from pathlib import Path

import pytest

from dashboard.view.lost_to_follow_up import tipping_facts
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import headline_row
from tests.departments import outcome, warehouse_of


def row_of(folder: Path, home: int, stayed: int, unknown: int):
    days = [0] * home + [1] * stayed + [None] * unknown
    rows = [outcome(place, discharge_day=day, disposition="home") for place, day in enumerate(days, start=1)]
    return headline_row(warehouse_of(folder / "g.duckdb", rows), read_catalogue()["same_day_discharge"])


@pytest.mark.parametrize(
    ("counts", "fact"),
    [
        (
            (58, 32, 36),
            ("it would fall to half or less", "only if at least 31 of the 36 without an answer had been a no"),
        ),
        ((70, 20, 36), ("it would fall to half or less", "not even if all 36 without an answer had been a no")),
        ((40, 50, 36), ("it would rise above half", "only if at least 24 of the 36 without an answer had been a yes")),
    ],
)
def test_how_many_must_have_said_otherwise(counts: tuple[int, int, int], fact: tuple[str, str], tmp_path: Path) -> None:
    assert tipping_facts(row_of(tmp_path, *counts)) == [fact]


@pytest.mark.parametrize("counts", [(30, 10, 0), (0, 0, 10), (5, 4, 10)])
def test_where_nobody_is_missing_or_too_few_answered_there_is_nothing_to_say(
    counts: tuple[int, int, int], tmp_path: Path
) -> None:
    assert tipping_facts(row_of(tmp_path, *counts)) == []


def test_who_has_no_score_before_may_be_a_responder_too(tmp_path: Path) -> None:
    rows = [outcome(place, baseline=8 if place <= 20 else None) for place in range(1, 31)]
    pains = [
        {
            "procedure_id": row["procedure_id"],
            "timepoint": "hours_24_72",
            "status": "recorded",
            "baseline": row["baseline"],
            "score": 3 if place <= 16 else 7,
        }
        for place, row in enumerate(rows, start=1)
    ]
    warehouse = warehouse_of(tmp_path / "g.duckdb", rows, pains)
    row = headline_row(warehouse, read_catalogue()["responders_50_hours_24_72"])
    ((_, told),) = tipping_facts(row)
    assert told == "not even if all 10 without an answer had been a no"
