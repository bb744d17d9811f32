"""The readers by the kind of file they read: a source names one with `reader = { kind = … }`."""

from types import ModuleType
from typing import Annotated

from pydantic import Field

from etl.readers import csv, excel

READERS: dict[str, ModuleType] = {"csv": csv, "excel": excel}
AnyOptions = Annotated[csv.Options | excel.Options, Field(discriminator="kind")]


def default_options() -> csv.Options:
    """What a file is read as when its source does not say."""
    return csv.Options(kind="csv")


def reader_of(options: AnyOptions) -> ModuleType:
    """The module that reads this kind of file: `read`, `give_back` and `looks_like`."""
    return READERS[options.kind]
