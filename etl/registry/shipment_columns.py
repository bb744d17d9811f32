"""Which columns of a generation leave in a shipment of records: an allow-list, and how each is written."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from data.field_dictionary import Field, every_field
from data.storage.registry_settings import Agreement
from etl.registry.shipment_manifest import ShipmentManifest

FILE = Path(__file__).with_name("shipment_columns.toml")
# What an agreement says where everything that it is about leaves.
FULL = {"operators": "pseudonym", "age": "years", "dates": "day"}


class ColumnLists(BaseModel):
    """The lists of `shipment_columns.toml`; those of tables name columns that no field makes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: Mapping[str, str]
    agreed: Mapping[str, tuple[str, ...]]
    leave: Mapping[str, tuple[str, ...]]
    stay: Mapping[str, tuple[str, ...]]


@lru_cache
def read_column_lists() -> ColumnLists:
    """The lists of columns that are not made of fields."""
    return ColumnLists.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))


@lru_cache
def columns_of_fields() -> dict[tuple[str, str], bool]:
    """Table and column of everything that fields make, and whether it may leave."""
    found: dict[tuple[str, str], bool] = {}
    for field in every_field():
        columns = [(field.table, field.name)] if field.is_stored else []
        columns += [("outcomes", field.fact)] if field.outcomes else []
        columns += [("outcomes", field.filter_key)] if field.outcomes and field.bands else []
        columns += [("pain_outcomes", field.name)] if field.windows else []
        found |= dict.fromkeys(columns, _may_leave(field))
    return found


def _may_leave(field: Field) -> bool:
    """Text may hold anything, unless its entry says that it is harmless."""
    return "safe_harbor" in field.profiles or ("limited" in field.profiles and field.type not in ("text", "id"))


def can_leave(table: str, name: str, agreed: Agreement | ShipmentManifest) -> bool:
    """Whether a column leaves in records under what was agreed."""
    lists = read_column_lists()
    if any(getattr(agreed, key) != FULL[key] and f"{table}.{name}" in named for key, named in lists.agreed.items()):
        return False
    return name in lists.leave.get(table, ()) or columns_of_fields().get((table, name), False)


def is_known(table: str, name: str) -> bool:
    """Whether the schema has such a column."""
    lists = read_column_lists()
    return any(name in one.get(table, ()) for one in (lists.leave, lists.stay)) or (table, name) in columns_of_fields()


def leaving_columns(present: Mapping[str, Mapping[str, str]], agreement: Agreement) -> dict[str, dict[str, str]]:
    """Table → column → its SQL, of the tables and columns with their types that a generation has, in their order."""
    return {
        table: {name: written_column(name, kind) for name, kind in columns.items() if can_leave(table, name, agreement)}
        for table, columns in present.items()
    }


def written_column(name: str, kind: str) -> str:
    """SQL of a column of this type as a shipment holds it, so that any engine can read it."""
    return read_column_lists().types.get(kind.partition("(")[0], "{0}").format(name)
