"""Which columns of a generation leave in a shipment of records: an allow-list, and how each is written."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from data.field_dictionary import Field, every_field
from etl.registry.agreement import Agreement

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


def leaving_columns(present: Mapping[str, Mapping[str, str]], agreement: Agreement) -> dict[str, dict[str, str]]:
    """Table → column → its SQL, of the tables and columns with their types that a generation has, in their order."""
    lists, of_fields = read_column_lists(), columns_of_fields()
    withheld = {
        column for key, columns in lists.agreed.items() if getattr(agreement, key) != FULL[key] for column in columns
    }
    return {
        table: {
            name: lists.types.get(kind.partition("(")[0], "{0}").format(name)
            for name, kind in present[table].items()
            if (name in named or of_fields.get((table, name), False)) and f"{table}.{name}" not in withheld
        }
        for table, named in lists.leave.items()
    }
