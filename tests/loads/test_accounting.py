"""Nothing is lost: rows with every kind of dirt end where they must, and row numbers are a disjoint union of 1..n.

The rows are counted by a tokeniser of this test's own, not by the reader under test.
"""

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.home import Home
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import headline_row
from queries.warehouse import Warehouse, open_current
from tests.records import Records, take

Row = dict[str, object]
Plant = Callable[[Records], tuple[str, str]]
METRICS = ("procedures", "responders_50_hours_24_72", "mean_levels", "recovered_within_6_hours", "same_day_discharge")


def procedure_with(rule: str, **cells: object) -> Plant:
    def plant(records: Records) -> tuple[str, str]:
        records.procedure("2026-01-12", **cells)
        return "procedures", rule

    return plant


def score_with(rule: str, at: object = "2026-01-14T10:00", value: object = 4, **cells: object) -> Plant:
    def plant(records: Records) -> tuple[str, str]:
        records.score(records.procedure("2026-01-12"), at, value, **cells)  # type: ignore[arg-type]
        return "pain_scores", rule

    return plant


def twice(records: Records) -> tuple[str, str]:
    records.procedures.append(dict(records.procedure("2026-01-12", site='quo"ted, and\nbroken')))
    return "procedures", "duplicate"


def corrected(records: Records) -> tuple[str, str]:
    row = records.procedure("2026-01-12", updated_at="2026-02-01T06:00")
    records.procedures.append({**row, "operator": "B. Chen", "updated_at": "2026-02-02T06:00"})
    return "procedures", "superseded"


def conflicting(records: Records) -> tuple[str, str]:
    row = records.procedure("2026-01-12", updated_at="2026-02-01T06:00")
    records.procedures.append({**row, "operator": "B. Chen"})
    return "procedures", "id_conflict"


def withdrawn(records: Records) -> tuple[str, str]:
    row = records.score(records.procedure("2026-01-12"), "2026-01-14T10:00", 4, updated_at="2026-02-01T06:00")
    records.pain_scores.append({**row, "record_status": "withdrawn", "updated_at": "2026-02-02T06:00"})
    return "pain_scores", "superseded"


# Name of the dirt → how to plant it; each gives the file and the fate that its row must meet.
DIRT: dict[str, Plant] = {
    "clean": procedure_with("loaded"),
    "clean score": score_with("loaded"),
    "no number": procedure_with("id_missing", procedure_id=None),
    "no patient": procedure_with("id_missing", patient_id=None),
    "bad date": procedure_with("date_unreadable", performed_on="12/01/2026"),
    "no date": procedure_with("date_missing", performed_on=None, started_at=None),
    "future": procedure_with("future_date", performed_on="2026-06-02", started_at=None),
    "too early": procedure_with("date_too_early", performed_on="1983-12-31", started_at=None),
    "bad age": procedure_with("age_out_of_range", age_years=116),
    "discharged before": procedure_with("discharge_before_start", discharged_at="2026-01-12T09:00"),
    "after death": procedure_with("procedure_after_death", died_on="2026-01-01"),
    "bad level": procedure_with("loaded", levels="L7"),
    "score of 11": score_with("score_out_of_range", value=11),
    "interval": score_with("score_interval", value="7-8"),
    "censored": score_with("score_censored", value=">10"),
    "words": score_with("score_unreadable", value="bad"),
    "no value": score_with("loaded", value=None),
    "status": score_with("status_unknown", record_status="maybe"),
    "twice": twice,
    "corrected": corrected,
    "conflicting": conflicting,
    "withdrawn": withdrawn,
}
# Rows that one planting brings to that fate: a conflict takes both, a withdrawal takes itself and what it withdraws.
ROWS_OF = {("procedures", "id_conflict"): 2, ("pain_scores", "superseded"): 2}


def records_in(path: Path) -> int:
    """Data records of a file, by a tokeniser that knows only quotes and line ends."""
    text, quoted, cells, records = path.read_text(encoding="utf-8"), False, False, 0
    for sign in text:
        if sign == '"':
            quoted, cells = not quoted, True
        elif sign == "\n" and not quoted:
            records += cells
            cells = False
        else:
            cells = cells or not sign.isspace()
    return records + cells - 1


def fates(warehouse: Warehouse) -> dict[str, dict[str, set[int]]]:
    """File → fate → row numbers, from the tables that hold each fate."""
    found: dict[str, dict[str, set[int]]] = {}
    in_force = {"procedures": "select source_file_id, source_row from procedures"}
    for table, key in (("pain_scores", "score_id"), ("complications", "complication_id"), ("contacts", "contact_id")):
        row = f"cast({key} % 100000000000 // 100 as integer)"
        in_force[table] = f"select cast({key} // 100000000000 as integer), {row} from {table}"
    queries = [(query, "loaded") for query in in_force.values()]
    queries.append(("select source_file_id, source_row from rejected_rows where scope = 'row'", "rejected"))
    queries += [
        (f"select source_file_id, source_row from replaced_rows where fate = '{fate}'", fate)
        for fate in ("superseded", "duplicate")
    ]
    names = dict(warehouse.rows("select source_file_id, folder || '/' || name from source_files"))
    for query, fate in queries:
        for file_id, row in warehouse.rows(query):
            rows = found.setdefault(names[file_id], {}).setdefault(fate, set())
            assert row not in rows, "a row has one fate, once"
            rows.add(row)
    return found


def disjoint_union(warehouse: Warehouse) -> None:
    """Every file's row numbers are 1..n, each in one fate; n is what an independent count of its records says."""
    for path, by_fate in fates(warehouse).items():
        rows = [row for numbers in by_fate.values() for row in numbers]
        assert len(rows) == len(set(rows)), path
        assert set(rows) == set(range(1, records_in(Path(path)) + 1)), path
    for row in warehouse.records("select * from source_files"):
        found = fates(warehouse)[f"{row['folder']}/{row['name']}"]
        for fate in ("loaded", "rejected", "superseded", "duplicate"):
            assert row[f"rows_{fate}"] == len(found.get(fate, ())), (row["name"], fate)


def expected(planted: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    return Counter({
        key: times * ROWS_OF.get(key, 1) for key, times in Counter(planted).items() if key[1] != "loaded"
    })  # fmt: skip


def told(warehouse: Warehouse) -> Counter[tuple[str, str]]:
    rows = warehouse.rows(
        "select kind, rule, count(*) from rejected_rows join source_files"
        " on rejected_rows.source_file_id = source_files.source_file_id where scope = 'row' group by all"
        " union all select kind, fate, count(*) from replaced_rows join source_files"
        " on replaced_rows.source_file_id = source_files.source_file_id group by all"
    )
    return Counter({(kind, fate): amount for kind, fate, amount in rows})


def figures(home: Home) -> list[object]:
    warehouse = open_current(home)
    shown = [headline_row(warehouse, read_catalogue()[name]) for name in METRICS]
    return [(row["eligible"], row["recorded"], row["numerator"], row["value"]) for row in shown]


@settings(
    max_examples=4, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(kinds=st.lists(st.sampled_from(sorted(DIRT)), min_size=1, max_size=60), number=st.integers(0, 10**6))
def test_every_planted_row_ends_where_it_must(tmp_path_factory: object, kinds: list[str], number: int) -> None:
    root = tmp_path_factory.mktemp("accounting")  # type: ignore[attr-defined]
    records = Records(_numbers=count(1))
    planted = [DIRT[kind](records) for kind in (*kinds, *DIRT)]
    random.Random(number).shuffle(records.procedures)
    random.Random(number).shuffle(records.pain_scores)
    home = Home(root / "home")
    assert not take(home, records.write(root / "in"), accept_rejects=True).refused
    warehouse = open_current(home)
    disjoint_union(warehouse)
    assert told(warehouse) == expected(planted)


def split(records: Records, folder: Path, parts: int, chance: random.Random) -> list[Path]:
    """The same rows, shuffled and spread over several deliveries."""
    places = [Records() for _ in range(parts)]
    for kind in ("procedures", "pain_scores", "complications", "contacts"):
        rows = list(getattr(records, kind))
        chance.shuffle(rows)
        for row in rows:
            getattr(chance.choice(places), kind).append(row)
    return [part.write(folder / f"part{place}") for place, part in enumerate(places)]


def versioned(number: int) -> Records:
    """A department whose rows all carry `updated_at`, with corrections and withdrawals."""
    chance = random.Random(number)
    records = Records(_numbers=count(1))
    for place in range(30):
        day = f"2026-01-{1 + place % 28:02}"
        row = records.procedure(day, updated_at="2026-02-01T06:00", levels=chance.choice(("L1", "T12;L1", "L2")))
        score = records.score(row, f"{day}T09:00", chance.randint(4, 10), updated_at="2026-02-01T06:00")
        later = records.score(
            row, f"2026-02-{1 + place % 28:02}T09:00", chance.randint(0, 6), updated_at="2026-03-01T06:00"
        )
        if place % 3 == 0:
            records.procedures.append({**row, "recovery_ready_at": f"{day}T18:00", "updated_at": "2026-02-05T06:00"})
        if place % 4 == 0:
            records.pain_scores.append({**score, "score": 10, "updated_at": "2026-02-03T06:00"})
        if place % 7 == 0:
            records.pain_scores.append({**later, "record_status": "withdrawn", "updated_at": "2026-03-03T06:00"})
    records.procedure("2026-05-20", updated_at="2026-05-21T06:00")
    return records


@pytest.mark.thorough
def test_order_and_number_of_deliveries_change_no_figure(tmp_path: Path) -> None:
    records = versioned(3)
    whole = Home(tmp_path / "whole")
    take(whole, records.write(tmp_path / "in"))
    for number, parts in ((1, 2), (2, 4)):
        chance = random.Random(number)
        folders = split(records, tmp_path / f"split{number}", parts, chance)
        chance.shuffle(folders)
        home = Home(tmp_path / f"home{number}")
        for folder in folders:
            take(home, folder, accept_rejects=True)
        assert figures(home) == figures(whole)
        disjoint_union(open_current(home))


def test_the_tokeniser_agrees_with_the_csv_module(tmp_path: Path) -> None:
    records = Records()
    for plant in DIRT.values():
        plant(records)
    for path in records.write(tmp_path / "in").iterdir():
        with path.open(newline="", encoding="utf-8") as file:
            assert records_in(path) == sum(1 for _ in csv.reader(file)) - 1
