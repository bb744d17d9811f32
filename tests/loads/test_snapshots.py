"""Deliveries of everything: what is gone is withdrawn, one that shrank is refused, the order decides nothing."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from data.home import Home
from etl.load_terms import LoadResult
from queries.warehouse import open_current
from tests.deliveries import Tables, tables_of
from tests.records import Records, take

TOML = """
title = "A registry that exports everything each night"
time_zone = "America/Chicago"
snapshot = {{ mode = "full", scope = "{scope}" }}

[[file]]
name = "register"

[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "procedure_id"
patient_id = "patient_id"
performed_on = {{ column = "performed_on", formats = ["%Y-%m-%d"] }}
operator = "operator"
levels = "levels"
updated_at = {{ column = "updated_at", formats = ["iso"] }}
"""


@pytest.fixture(params=["all", "dates"])
def scope(request: pytest.FixtureRequest, home: Home) -> str:
    folder = home.root / "sources"
    folder.mkdir(parents=True)
    (folder / "nightly.toml").write_text(TOML.format(scope=request.param), encoding="utf-8")
    return str(request.param)


def night(folder: Path, days: list[int], updated: str | None = None, **cells: object) -> Path:
    records = Records()
    for day in days:
        records.procedure(
            f"2026-01-{day:02}", procedure_id=f"P{day}", patient_id=f"N{day}", updated_at=updated, **cells
        )
    return records.write(folder)


def load(home: Home, folder: Path, at: str, **how: bool) -> LoadResult:
    return take(home, folder, source="nightly", received_at=f"2026-03-{at}T02:00:00", **how)


def days(home: Home) -> list[int]:
    return [row[0] for row in open_current(home).rows("select day(performed_on) from procedures order by performed_on")]


def after(folders: Sequence[Path], accept_shrink: bool = False) -> Tables:
    """The tables after a delivery a night, in memory: what a load makes of all files in the order of their receipt."""
    files = [("procedures.csv", (folder / "procedures.csv").read_bytes()) for folder in folders]
    nights = [f"2026-03-0{number}T02:00:00" for number in range(1, len(files) + 1)]
    return tables_of("nightly", files, "America/Chicago", received_at=nights, accept_shrink=accept_shrink)


DAYS = "select day(performed_on) from procedures order by performed_on"


def test_what_the_newest_delivery_no_longer_holds_is_withdrawn(scope: str, tmp_path: Path) -> None:
    nights = [
        night(tmp_path / "one", [1, 5, 6, 9]), night(tmp_path / "two", [5, 9], operator="B. Chen"),
        night(tmp_path / "three", [5, 6, 9, 10]),
    ]  # fmt: skip
    made = after(nights[:2])
    assert [day for (day,) in made.rows(DAYS)] == ([5, 9] if scope == "all" else [1, 5, 9])
    fates = made.rows("select source_row, reason from replaced_rows where reason = 'withdrawn'")
    assert fates == ([(1, "withdrawn"), (3, "withdrawn")] if scope == "all" else [(3, "withdrawn")])
    made.close()
    made = after(nights)
    assert (6,) in made.rows(DAYS)
    made.close()


def test_a_record_that_is_there_but_broken_is_not_withdrawn(scope: str, tmp_path: Path) -> None:
    seven = [1, 2, 3, 4, 5, 6, 7]
    nights = [night(tmp_path / "one", seven), night(tmp_path / "two", seven, operator="B. Chen")]
    path = nights[1] / "procedures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-01-03", "third", 1), encoding="utf-8")
    made = after(nights)
    assert [day for (day,) in made.rows(DAYS)] == seven
    made.close()


@pytest.mark.thorough
def test_a_delivery_with_fewer_than_half_the_rows_is_refused_unless_told_otherwise(
    scope: str, home: Home, tmp_path: Path
) -> None:
    load(home, night(tmp_path / "one", [1, 2, 3, 4, 5, 6, 9]), "01")
    before = home.current.read_text(encoding="utf-8")
    small = night(tmp_path / "two", [1, 4, 9])
    refused = load(home, small, "02").refused
    assert len(refused) == 1
    assert "--accept-shrink" in refused[0].error.remedy
    assert "3 rows, fewer than half of the 7" in refused[0].error.what
    assert home.current.read_text(encoding="utf-8") == before
    assert not load(home, small, "02", accept_shrink=True).refused
    assert days(home) == [1, 4, 9]


@pytest.mark.thorough
def test_where_rows_say_when_they_changed_the_order_of_loading_decides_nothing(scope: str, tmp_path: Path) -> None:
    folders = [
        night(tmp_path / "a", [1, 2, 3, 4], "2026-02-01T01:00"),
        night(tmp_path / "b", [1, 2, 4], "2026-02-02T01:00", operator="B. Chen"),
        night(tmp_path / "c", [1, 3, 4], "2026-02-03T01:00", operator="C. Diaz"),
    ]
    seen = set()
    for number, order in enumerate(permutations(folders)):
        if number in (0, 3, 5):
            made = after(order, accept_shrink=True)
            seen.add(str(made.rows("select performed_on, operator from procedures order by 1")))
            made.close()
    assert len(seen) == 1
    assert "C. Diaz" in seen.pop()
