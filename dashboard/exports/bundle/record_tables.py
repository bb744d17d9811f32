"""The tables of a generation as a profile lets them leave: complete for the chosen procedures, in one fixed order."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.exports.bundle.order import Order, Profile
from dashboard.view.operator_codes import operator_code
from data.field_dictionary import every_field
from data.home import Home
from data.keys import key_of
from queries.explain.local_numbers import numbers_of_keys
from queries.explain.table_extracts import (
    Column,
    Extract,
    extract_reviewed,
    extract_table,
    procedure_ids,
    reviewed_tables,
    table_columns,
)
from queries.warehouse import Warehouse

# Rows that are chosen through their procedure, person or score; other tables tell of files and checks.
BY_PROCEDURE = ("complications", "contacts", "outcomes", "pain_outcomes", "procedures", "score_assignments",
                "treated_levels")  # fmt: skip
ABOUT_PEOPLE = ("patients", "pain_scores", *BY_PROCEDURE)
# Text as senders wrote it may hold anything, and a row of a file leads back to a number: neither leaves the department.
WITHHELD_FROM_LIMITED = frozenset({
    "source_file_id", "source_row", "label", "missing_reason", "approach",
    *(one.name for one in every_field() if one.is_stored and "limited" not in one.profiles),
})  # fmt: skip
LIMITED = (*ABOUT_PEOPLE, "check_results", "generation_info", "source_clocks")
IDS = ("procedure_id", "patient_key", "score_id", "complication_id", "contact_id")
ID_LENGTH = 32
Coded = Callable[[str], str]


@dataclass(frozen=True)
class Codes:
    """How ids, sites and operators are written in a profile."""

    of_id: Coded | None
    of_operator: Coded | None
    of_site: Coded | None

    @staticmethod
    def of(home: Home, order: Order) -> "Codes":
        """Internal as they are; limited with operators as codes; safe harbor under a secret of the recipient alone."""
        if order.profile is Profile.INTERNAL:
            return Codes(None, None, None)
        if order.profile is Profile.LIMITED:
            key = key_of(home, "operator_codes")
            return Codes(None, lambda name: operator_code(key, name), None)
        name = " ".join((order.recipient or "").casefold().split())
        key = key_of(home, f"recipient-{hashlib.sha256(name.encode()).hexdigest()[:16]}")

        def made(kind: str, length: int) -> Coded:
            return lambda text: hmac.digest(key, f"{kind}:{text}".encode(), hashlib.sha256).hex()[:length]

        return Codes(
            made("id", ID_LENGTH),
            lambda text: f"Operator {made('operator', 8)(text)}",
            lambda text: f"Site {made('site', 8)(text)}",
        )

    def column(self, name: str) -> Coded | None:
        """How the values of a column are written; None = as they are."""
        if name in IDS:
            return self.of_id
        return {"operator": self.of_operator, "site": self.of_site}.get(name)


def table_extracts(home: Home, warehouse: Warehouse, order: Order, codes: Codes) -> Iterator[Extract]:
    """Every table of the profile, one after the other."""
    chosen = _Chosen(warehouse, order)
    for name in _table_names(warehouse, order):
        one = _read_extract(warehouse, order.profile, name)
        kept = replace(one, rows=chosen.keep(one))
        if name == "procedures" and order.profile is Profile.INTERNAL:
            kept = _with_local_numbers(home, kept)
        yield replace(kept, rows=code_rows(kept.rows, codes))


def code_rows(rows: pa.Table, codes: Codes) -> pa.Table:
    """Rows with ids, sites and operators as the profile writes them; sorted anew, so that no order tells dates."""
    for place, name in enumerate(rows.schema.names):
        written = codes.column(name)
        if written is not None:
            rows = rows.set_column(place, name, _map_values(rows[name], written))
    if codes.of_id is None:
        return rows
    return rows.take(pc.sort_indices(rows, [(name, "ascending") for name in rows.schema.names]))


def _map_values(values: pa.ChunkedArray, written: Coded) -> pa.Array:
    encoded = values.combine_chunks().cast(pa.string()).dictionary_encode()
    names = pa.array([written(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return names.take(encoded.indices)


def _table_names(warehouse: Warehouse, order: Order) -> tuple[str, ...]:
    if order.profile is Profile.SAFE_HARBOR:
        return reviewed_tables(order.profile)
    present = table_columns(warehouse)
    # Files hold several sites, so whoever may see some sites only gets the tables about people.
    known = present if order.profile is Profile.INTERNAL else LIMITED
    return tuple(name for name in present if name in (known if order.sites is None else ABOUT_PEOPLE))


def _read_extract(warehouse: Warehouse, profile: Profile, table: str) -> Extract:
    if profile is Profile.SAFE_HARBOR:
        return extract_reviewed(warehouse, profile, table)
    return extract_table(warehouse, table, WITHHELD_FROM_LIMITED if profile is Profile.LIMITED else frozenset())


class _Chosen:
    """The keys of what was chosen; everything when nothing was left out."""

    def __init__(self, warehouse: Warehouse, order: Order) -> None:
        self.is_whole = order.is_whole
        if self.is_whole:
            return
        ids = procedure_ids(warehouse)[order.places(warehouse)]
        self.procedures = pa.array(ids, pa.string())
        people = extract_table(warehouse, "procedures").rows
        self.people = people.filter(pc.is_in(people["procedure_id"], self.procedures))["patient_key"]
        scores = extract_table(warehouse, "score_assignments").rows
        self.scores = scores.filter(pc.is_in(scores["procedure_id"], self.procedures))["score_id"].cast(pa.string())

    def keep(self, one: Extract) -> pa.Table:
        """The rows of a table that belong to what was chosen."""
        if self.is_whole or one.name not in ABOUT_PEOPLE:
            return one.rows
        if one.name in BY_PROCEDURE:
            return one.rows.filter(pc.is_in(one.rows["procedure_id"], self.procedures))
        if one.name == "patients":
            return one.rows.filter(pc.is_in(one.rows["patient_key"], self.people.combine_chunks()))
        return one.rows.filter(pc.is_in(one.rows["score_id"].cast(pa.string()), self.scores.combine_chunks()))


def _with_local_numbers(home: Home, procedures: Extract) -> Extract:
    rows, columns = procedures.rows, procedures.columns
    for kind, key in (("procedure", "procedure_id"), ("patient", "patient_key")):
        keys = rows[key].to_pylist()
        known = numbers_of_keys(home, keys)
        told = pa.array([known.get(one) for one in keys], pa.string())
        rows = rows.append_column(f"{kind}_number", told)
        columns = (*columns, Column(f"{kind}_number", "VARCHAR", f"The sender's own number of the {kind}."))
    return replace(procedures, rows=rows, columns=columns)
