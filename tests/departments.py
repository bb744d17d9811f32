"""Warehouses made of random outcomes, for tests of what is computed from them: no load in between."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from data.settings import read_timepoints
from etl.build.statements import insert_rows
from etl.generations.empty_generation import empty_generation
from queries.warehouse import SCHEMA_VERSION, Warehouse

ROWS_TOGETHER = 500
AS_OF = date(2026, 6, 1)
Row = dict[str, Any]


def warehouse_of(path: Path, outcomes: Sequence[Row], pains: Sequence[Row] = ()) -> Warehouse:
    """A generation with these rows of `outcomes` and `pain_outcomes`."""
    path.write_bytes(empty_generation())
    with duckdb.connect(str(path)) as connection:
        connection.begin()
        for table, rows in (("outcomes", outcomes), ("pain_outcomes", pains)):
            # Rows that give the same columns go together: a statement for each row takes ten times as long.
            for columns, alike in groupby(rows, key=tuple):
                values = [tuple(row.values()) for row in alike]
                for first in range(0, len(values), ROWS_TOGETHER):
                    part = values[first : first + ROWS_TOGETHER]
                    insert_rows(connection, f"{table} ({', '.join(columns)})", part)
        connection.execute(
            "insert into generation_info values (?, ?, ?, 'canonical', false, ?, 'test')",
            ["0123456789abcdef", SCHEMA_VERSION, AS_OF, read_timepoints().model_dump_json()],
        )
        connection.commit()
    return Warehouse(path)


def outcome(place: int, **facts: Any) -> Row:
    """One row of `outcomes` with plain defaults."""
    day = facts.get("performed_on", date(2026, 1, 12))
    return {
        "outcome_no": place,
        "procedure_id": str(UUID(int=place)),
        "patient_key": str(UUID(int=place)),
        "source": "canonical",
        "as_of": AS_OF,
        "observed_days": (AS_OF - day).days,
        "performed_on": day,
        "weekday": f"{day:%A}",
        "site": "Riverside",
        "setting": "outpatient",
        "recovery_out_of_range": False,
        **{f"sends_{fact}": True for fact in ("recovery", "deaths", "readmissions", "complications", "leaks")},
        "sends_intended_stay": False,
    } | facts


def random_department(seed: int, size: int) -> tuple[list[Row], list[Row]]:
    """Random outcomes and pain outcomes, every fact sometimes missing."""
    chance = random.Random(seed)

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.8 else None

    outcomes, pains = [], []
    for place in range(1, size + 1):
        day = date(2025, 9, 1) + timedelta(days=chance.randrange(200))
        levels = maybe(chance.randint(1, 6))
        baseline = maybe(chance.randint(0, 10))
        row = outcome(
            place,
            performed_on=day,
            site=maybe(chance.choice(["Riverside", "Northfield"])),
            setting=maybe(chance.choice(["outpatient", "admitted_for_procedure", "already_inpatient"])),
            level_count=levels,
            levels=None if levels is None else "4+" if levels > 3 else str(levels),
            baseline=baseline,
            discharge_day=maybe(chance.choice([0, 0, 0, 1, 2])),
            disposition=maybe(chance.choice(["home", "other_hospital", "died"])),
            recovery_hours=maybe(round(chance.uniform(1, 12), 2)),
            serious_complication_day=chance.choice([None, None, None, 3, 40]),
            delay_reason=maybe(chance.choice(["social", "wound"])),
        )
        outcomes.append(row)
        status = chance.choice(["recorded", "recorded", "recorded", "missing", "not_due", "died", "retreated"])
        pains.append(
            {
                "procedure_id": row["procedure_id"],
                "timepoint": "hours_24_72",
                "status": status,
                "baseline": baseline,
                "score": chance.randint(0, 10) if status == "recorded" else None,
            }
        )
    return outcomes, pains
