"""The department's notes on its charts, as a table of a bundle."""

import pyarrow as pa

from dashboard.exports.bundle.order import Order, Profile
from data.home import Home
from queries.trends.annotations import Note, notes_of

SCHEMA = pa.schema(
    [
        ("noted_on", pa.date32()),
        ("site", pa.string()),
        ("topics", pa.string()),
        ("note", pa.string()),
        ("author", pa.string()),
        ("written_at", pa.string()),
        ("proposes_rebase", pa.bool_()),
    ]
)
COLUMNS = tuple(SCHEMA.names)


def notes_table(home: Home, order: Order) -> pa.Table:
    """The notes in force that stand on charts of the chosen sites, by day; `site` null = every site.

    They are text as written by staff: profiles other than internal get the header alone.
    """
    notes = notes_of(home, sites=_order_sites(order)) if order.profile is Profile.INTERNAL else ()
    return pa.Table.from_pylist([_note_row(note) for note in notes], SCHEMA)


def _order_sites(order: Order) -> frozenset[str] | None:
    """Sites that were chosen and that the reader may see; None = every site."""
    chosen = frozenset(order.filters["site"])
    if order.sites is None:
        return chosen or None
    return chosen & order.sites if chosen else order.sites


def _note_row(note: Note) -> dict[str, object]:
    return {
        "noted_on": note.on,
        "site": note.site,
        "topics": ";".join(note.topics),
        "note": note.text,
        "author": note.author,
        "written_at": note.at,
        "proposes_rebase": note.proposes_rebase,
    }
