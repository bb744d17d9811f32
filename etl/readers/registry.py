"""The readers by the kind of file they read: a source names one with `reader = { kind = … }`."""

from collections.abc import Collection
from types import ModuleType
from typing import Annotated

from pydantic import Field

from etl.readers import Extract, Wanted, database
from etl.readers.delimited import csv
from etl.readers.fhir import fhir_resources
from etl.readers.redcap import redcap_export
from etl.readers.workbooks import excel

READERS: dict[str, ModuleType] = {
    "csv": csv,
    "excel": excel,
    "redcap": redcap_export,
    "fhir": fhir_resources,
    "database": database,
}
AnyOptions = Annotated[
    csv.Options | excel.Options | redcap_export.Options | fhir_resources.Options | database.Options,
    Field(discriminator="kind"),
]


def default_options() -> csv.Options:
    """What a file is read as when its source does not say."""
    return csv.Options(kind="csv")


def is_companion(options: AnyOptions, content: bytes) -> bool:
    """Whether a file says what the codes of such files mean, and holds no rows itself."""
    return isinstance(options, redcap_export.Options) and redcap_export.is_companion(content)


def has_companion(options: AnyOptions) -> bool:
    """Whether such files need another file that says what their codes mean."""
    return isinstance(options, redcap_export.Options)


def read_tables(
    options: AnyOptions, content: bytes, where: str, wanted: Wanted, companion: bytes | None
) -> list[Extract]:
    """The tables of a file, read with its companion where such files have one."""
    if isinstance(options, redcap_export.Options):
        return redcap_export.read_export(content, where, options, wanted, companion)
    tables: list[Extract] = reader_of(options).read_tables(content, where, options, wanted)
    return tables


def reader_of(options: AnyOptions) -> ModuleType:
    """The module that reads this kind of file: `read_tables`, `give_back` and `looks_like`."""
    return READERS[options.kind]


def other_sheets(options: AnyOptions, content: bytes, where: str, read: Collection[str | None]) -> tuple[str, ...]:
    """Sheets of a workbook that hold something and were not read; none for other kinds of file."""
    return excel.other_sheets(content, where, options, read) if isinstance(options, excel.Options) else ()
