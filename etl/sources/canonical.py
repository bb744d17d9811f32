"""The product's own form, as CSV or workbook: the columns of each kind of file, and how its header is recognised."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import FileRefused
from data.field_dictionary import VERSIONS, every_field, field_of, read_fields
from data.settings import read_timepoints
from etl.readers import WHY, column_letter
from queries.catalogue.vertebrae import VERTEBRAE


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


VERSION_COLUMNS = tuple(one.name for one in read_fields()[VERSIONS].fields)


def _kind_of_table(name: str) -> Kind:
    """A kind of record as the field dictionary describes it."""
    table = read_fields()[name]
    in_files = [one for one in table.fields if not one.carried]
    needed = tuple(one.name for one in in_files if not one.optional)
    optional = tuple(one.name for one in in_files if one.optional)
    return Kind(
        name=name,
        number=table.numbered_by,
        columns=needed if table.optional_versions else (*needed, *VERSION_COLUMNS),
        optional=(*optional, *VERSION_COLUMNS) if table.optional_versions else optional,
        carried=tuple(one.name for one in table.fields if one.carried),
    )


# The source of what staff entered in the app.
ENTERED = "entered"
PROCEDURES = _kind_of_table("procedures")
PAIN_SCORES = _kind_of_table("pain_scores")
COMPLICATIONS = _kind_of_table("complications")
CONTACTS = _kind_of_table("contacts")
KINDS = (PROCEDURES, PAIN_SCORES, COMPLICATIONS, CONTACTS)
# Which numbers of two systems are of the same person or procedure. `link_id` names a link by all that it says.
LINKS = _kind_of_table("links")
# What another system counts. `count_id` names a count by its month and site.
COUNTS = _kind_of_table("counts")
CANONICAL_KINDS = (*KINDS, LINKS, COUNTS)
# What some senders keep apart from the procedure: never a file of the canonical form.
PEOPLE = _kind_of_table("people")
STAYS = _kind_of_table("stays")
CONTEXT_KINDS = (PEOPLE, STAYS)
# In the order in which they are judged: links say who is who.
ALL_KINDS = (LINKS, *CONTEXT_KINDS, *KINDS, COUNTS)
NUMBER_COLUMNS = frozenset(one.name for one in every_field() if one.type in ("number", "grade"))
# Columns with the numbers of people and procedures that are not called so.
OTHER_NUMBERS = frozenset({"merged_into", "replaces", "number", "same_as_number"})


def is_fact(name: str) -> bool:
    """Whether a column holds numbers, dates or scores, and no free text."""
    return name.endswith(("_id", "_on", "_at")) or name in NUMBER_COLUMNS | OTHER_NUMBERS


def recognise_header(header: Sequence[str]) -> Kind | None:
    """The kind whose header this is, or nearly is; None when it is something else.

    A header that names the identifying column, or at least half of the columns, is meant to be that kind:
    what is then missing is an error to report, not a reason to look away.
    """
    names = {name.strip().lower() for name in header}
    # Three columns that many tables have: only all of them make a table of counts.
    kinds = CANONICAL_KINDS if names.issuperset(COUNTS.columns) else (*KINDS, LINKS)
    best = max(kinds, key=lambda kind: len(names & set(kind.columns)) / len(kind.columns))
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


def closed_list(kind: str, name: str) -> tuple[str, ...]:
    """What a column may say, without `unknown`; empty where anything may stand."""
    if name == "timepoint":
        return ("baseline", *(one.name for one in read_timepoints().after))
    if name == "vertebra":
        return VERTEBRAE
    tables = (kind, VERSIONS, "procedures", "complications", "pain_scores")
    found = (field_of(table, name) for table in tables)
    return next((one.choices for one in found if one is not None and one.type in ("closed", "flag")), ())
