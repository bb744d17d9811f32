"""Specification tables: small tables of facts in, the value of a metric for each procedure out.

A specification is a Markdown file: prose says the rule, `### outcomes` (and other tables) give facts, `### expected`
gives the value of each procedure: yes, no, a number, a category (several joined by `;`), `not recorded`, or
`not counted`; for an incidence how the time ended and on which day (`event 120`). Columns that a table does not name
have a default; an empty cell is null.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

import duckdb

from data.field_sql import schema_sql
from queries.catalogue.metrics import Definition
from queries.figures.answers import compose_sql

FOLDER = Path(__file__).parent / "specifications"
TABLE = re.compile(r"^### (\w+)\n(.*?)(?=^###|\Z)", re.MULTILINE | re.DOTALL)
NOT_COUNTED, NOT_RECORDED = "not counted", "not recorded"
DEFAULTS: dict[str, dict[str, str]] = {
    "outcomes": {
        "source": "canonical",
        "as_of": "2026-06-01",
        "observed_days": "500",
        "performed_on": "2025-01-15",
        "setting": "outpatient",
        "weekday": "Wednesday",
        "recovery_out_of_range": "no",
        "sends_recovery": "yes",
        "sends_deaths": "yes",
        "sends_readmissions": "yes",
        "sends_complications": "yes",
        "sends_leaks": "yes",
        "sends_intended_stay": "no",
    },
    "pain_outcomes": {"timepoint": "hours_24_72", "status": "recorded"},
    "procedures": {"performed_on": "2025-01-15", "sequence_no": "1", "source_file_id": "1", "source_row": "1"},
    "contacts": {},
    "treated_levels": {},
    "complications": {},
}


@dataclass(frozen=True)
class Specification:
    """The tables of one file, by name."""

    tables: dict[str, list[dict[str, str]]]


def read_specification(path: Path) -> Specification:
    """The tables of a specification file."""
    tables = {}
    for name, body in re.findall(
        r"^### (\w+)\n(.*?)(?=^###|\Z)", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        lines = [line for line in body.splitlines() if line.startswith("|")]
        header, rows = _cells(lines[0]), lines[2:]
        tables[name] = [dict(zip(header, _cells(row), strict=True)) for row in rows]
    return Specification(tables)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _key(procedure: str) -> str:
    return str(UUID(int=int(procedure)))


def answers_of(specification: Specification, definition: Definition) -> dict[str, str]:
    """What the metric says of each procedure of the specification, in its words."""
    connection = _empty_tables()
    connection.begin()
    try:
        for name, rows in specification.tables.items():
            for place, row in enumerate(rows if name != "expected" else (), start=1):
                _insert(connection, name, row, place)
        return _read_answers(connection, specification, definition)
    finally:
        connection.rollback()


@cache
def _empty_tables() -> duckdb.DuckDBPyConnection:
    """The tables of a generation. Making them takes longer than all that is asked of them."""
    connection = duckdb.connect()
    connection.execute(schema_sql())
    return connection


def _read_answers(
    connection: duckdb.DuckDBPyConnection, specification: Specification, definition: Definition
) -> dict[str, str]:
    sql, parameters = compose_sql(definition, "answers", by_number=False)
    raw = sql[: sql.rindex(", summary as (")] + " select procedure_id, {0} from metric_rows order by 1, 2"
    told = {"category": "category", "incidence": "category || ' ' || value"}.get(
        getattr(definition, "kind", ""), "value"
    )
    if told == "category":
        sql, parameters = compose_sql(definition, "categories", by_number=False)
        raw = sql[: sql.rindex(", summary as (")] + " select procedure_id, {0} from metric_rows order by 1, 2"
    found: dict[str, list[str]] = {row["procedure"]: [] for row in specification.tables["expected"]}
    for key, value in connection.execute(raw.format(told), parameters).fetchall():
        found[str(key.int)].append(_words(value))
    return {procedure: ";".join(values) if values else NOT_COUNTED for procedure, values in found.items()}


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, str], place: int) -> None:
    cells = DEFAULTS[table] | {name: cell for name, cell in row.items() if name != "procedure"}
    cells["procedure_id"] = _key(row["procedure"])
    if table == "outcomes":
        cells["outcome_no"] = str(place)
    if table in ("outcomes", "procedures"):
        cells["patient_key"] = _key(row["procedure"])
    if table in ("contacts", "complications"):
        cells[f"{table.removesuffix('s')}_id"] = str(place)
    values = [None if cell == "" else cell for cell in cells.values()]
    connection.execute(f"insert into {table} ({', '.join(cells)}) values ({', '.join('?' * len(values))})", values)


def _words(value: object) -> str:
    if value is None:
        return NOT_RECORDED
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{float(value):g}"
