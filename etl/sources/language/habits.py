"""How a sender writes, which code lists come along, and whether a delivery holds everything."""

from typing import Literal

from pydantic import Field

from etl.sources.language.cells import Formats, Part, Texts


class Habits(Part):
    """How dates, times and numbers are written unless a column says otherwise."""

    date: Formats = ()
    time: Formats = ()
    date_time: Formats = ()
    words: dict[str, str] = Field(default_factory=dict)
    empty: Texts = ()
    decimal: Literal[".", ","] = "."
    midnight_is_no_time: bool = False
    whole_numbers: bool = False


class Lookup(Part):
    """Codes from a file that comes along: of which names it may be, and under which headings code and meaning stand."""

    file: Texts = Field(min_length=1)
    key: Texts = Field(min_length=1)
    value: Texts = Field(min_length=1)


class Snapshot(Part):
    """Whether a delivery holds everything (`full`) or only what is new (`incremental`).

    A record that a full delivery no longer holds is withdrawn. `scope = "dates"`: only between the earliest and the
    latest date of the delivery; `all`: whatever its date.
    """

    mode: Literal["incremental", "full"] = "incremental"
    scope: Literal["dates", "all"] = "dates"
