"""The product's own form, as CSV or workbook: the columns of each kind of file, and how its header is recognised."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from data.errors import FileRefused
from data.home import SCHEMA
from etl.readers import WHY, column_letter

# (Table, column) → the values of its closed list in the schema.
ClosedLists = dict[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Kind:
    """One kind of record. `number` is the column that identifies it; optional columns may be absent from a file.

    `carried` columns have no place in a canonical file: other sending systems have them, and they fill the others.
    """

    name: str
    number: str
    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Required columns, then optional ones."""
        return self.columns + self.optional

    @property
    def text_columns(self) -> tuple[str, ...]:
        """All columns, and the carried ones."""
        return self.all_columns + self.carried


VERSION_COLUMNS = ("record_status", "updated_at")

PROCEDURES = Kind(
    "procedures",
    "procedure_id",
    (
        "procedure_id", "patient_id", "sex", "age_years", "died_on", "site", "operator", "performed_on",
        "started_at", "ended_at", "arrived_at", "recovery_ready_at", "discharged_at", "pre_call_at", "technique",
        "indication", "setting", "sedation", "asa_class", "levels", "cement_ml", "disposition", "delay_reason",
        "resumed_activity_on", "readmitted_on", *VERSION_COLUMNS,
    ),
    ("intended_stay",),
    ("stay_id", "born_on", "part_of", "is_added"),
)  # fmt: skip
PAIN_SCORES = Kind(
    "pain_scores",
    "score_id",
    (
        "score_id", "patient_id", "procedure_id", "measured_at", "score", "context", "instrument", "mode",
        "timepoint", *VERSION_COLUMNS,
    ),
)  # fmt: skip
COMPLICATIONS = Kind(
    "complications",
    "complication_id",
    ("complication_id", "procedure_id", "occurred_on", "type", "severity", "scale", "symptomatic", *VERSION_COLUMNS),
    ("vertebra", "reviewed"),
    ("patient_id",),
)
CONTACTS = Kind(
    "contacts",
    "contact_id",
    ("contact_id", "procedure_id", "kind", "happened_at", "outcome", *VERSION_COLUMNS),
    carried=("patient_id",),
)
KINDS = (PROCEDURES, PAIN_SCORES, COMPLICATIONS, CONTACTS)

# Which numbers of two systems are of the same person or procedure. `link_id` names a link by all that it says.
LINKS = Kind(
    "links",
    "link_id",
    ("kind", "source", "number", "same_as_source", "same_as_number", *VERSION_COLUMNS),
)
CANONICAL_KINDS = (*KINDS, LINKS)

# What some senders keep apart from the procedure: never a file of the canonical form.
# `part_of`: a stay within another, a procedure that is a line of another; `is_added`: yes for a line that adds a level.
# `row_id` numbers the rows on people where a person has several, such as a birth and a death; else it is the patient's.
# `merged_into` and `replaces` say from either side which numbers became one; `replaces` may be several with semicolons.
# `known_as`: other numbers of the person, separated by semicolons. Only an erasure reads them.
PEOPLE = Kind(
    "people",
    "row_id",
    ("row_id", "patient_id", "sex", "born_on", "died_on", "merged_into", "replaces", "known_as", *VERSION_COLUMNS),
)
STAYS = Kind(
    "stays",
    "stay_id",
    ("stay_id", "patient_id", "part_of", "arrived_at", "discharged_at", "setting", "disposition", *VERSION_COLUMNS),
)
CONTEXT_KINDS = (PEOPLE, STAYS)
# In the order in which they are judged: links say who is who.
ALL_KINDS = (LINKS, *CONTEXT_KINDS, *KINDS)

FACTS = frozenset(
    {"age_years", "asa_class", "cement_ml", "score", "merged_into", "replaces", "number", "same_as_number"}
)


def is_fact(name: str) -> bool:
    """Whether a column holds numbers, dates or scores, and no free text."""
    return name.endswith(("_id", "_on", "_at")) or name in FACTS


def recognise_header(header: Sequence[str]) -> Kind | None:
    """The kind whose header this is, or nearly is; None when it is something else.

    A header that names the identifying column, or at least half of the columns, is meant to be that kind:
    what is then missing is an error to report, not a reason to look away.
    """
    names = {name.strip().lower() for name in header}
    best = max(CANONICAL_KINDS, key=lambda kind: len(names & set(kind.columns)) / len(kind.columns))
    shared = names & set(best.columns)
    if len(shared) >= len(best.columns) / 2 or (best.number in shared and len(shared) > 2):
        return best
    return None


def unknown_header(where: str) -> FileRefused:
    """What a file is refused with whose header is none of ours."""
    return FileRefused(
        where,
        "the header is not that of a canonical file",
        "Compare it with the templates in data/sample/templates, or name the sending system with --source",
    )


def match_columns(header: Sequence[str], kind: Kind, where: str) -> dict[str, int]:
    """Column name → position in the file, by name, in any order.

    `FileRefused` when a required column is missing or any column appears twice.
    """
    positions: dict[str, int] = {}
    for position, written in enumerate(header):
        name = written.strip().lower()
        if not name:
            continue
        if name in positions:
            raise FileRefused(
                f"{where}, line 1, column {name}",
                "the column appears twice",
                "Remove or rename one of them and load the file again",
            )
        positions[name] = position
    missing = [name for name in kind.columns if name not in positions]
    if missing:
        raise FileRefused(
            f"{where}, line 1",
            f"missing column {', '.join(missing)}",
            f"Add it to the header; a {kind.name} file has all columns, with empty cells for what is not recorded",
        )
    return {name: positions[name] for name in kind.all_columns if name in positions}


def ignored_columns(header: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """Columns of the file that nothing reads, as written."""
    known = {*kind.all_columns, WHY}
    named = (name.strip() or f"{column_letter(place)} (no heading)" for place, name in enumerate(header))
    return tuple(name for name in named if name.lower() not in known)


def read_closed_lists() -> ClosedLists:
    """(Table, column) → what the schema lets it be, without `unknown`."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        columns = connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() where data_type like 'ENUM(%'"
        ).fetchall()
    return {
        (table, column): tuple(value for value in re.findall("'([^']+)'", values) if value != "unknown")
        for table, column, values in columns
    }
