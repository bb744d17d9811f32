"""Dates and times from text in declared formats, with a regular expression before each cast. Nothing is inferred.

A format is written with strptime's directives: `%m/%d/%Y %I:%M %p`. `%d %m %H %I` take one or two digits, `%Y` four,
`%y` two with a declared pivot, `%b` the month names that are declared, `%z` an offset or Z.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["year", "month", "date", "minute", "second"]
Change = Literal["overlap", "gap"]

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
ENGLISH = {name: number for number, name in enumerate(MONTHS, start=1)} | {
    name[:3]: number for number, name in enumerate(MONTHS, start=1)
}
# A clock that says one of these often knows only the date; a mapping declares which of them its sender writes so.
TIMES_UNKNOWN = ("00:00:00", "23:59:59")
_DIRECTIVES = {
    "Y": "(?P<year>[0-9]{4})",
    "y": "(?P<short_year>[0-9]{2})",
    "m": "(?P<month>[0-9]{1,2})",
    "b": r"(?P<month_name>[^\W\d_]+)[.]?",
    "d": "(?P<day>[0-9]{1,2})",
    "H": "(?P<hour>[0-9]{1,2})",
    "I": "(?P<hour12>[0-9]{1,2})",
    "M": "(?P<minute>[0-9]{2})",
    "S": "(?P<second>[0-9]{2})",
    "f": "(?P<fraction>[0-9]{1,9})",
    "p": "(?P<half>a[.]?m[.]?|p[.]?m[.]?)",
    "z": "(?P<offset>z|[+-][0-9]{2}:?[0-9]{2})",
    "%": "%",
}
ISO_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z",
)  # fmt: skip


@dataclass(frozen=True)
class TimeReading:
    """What a text says: `on` is the calendar date as written, `at` the wall clock, null where only a date is known.

    `offset` is minutes east of UTC where the text carries one. `problem` is the rule that the text breaks;
    `reason` is `other_form` or `ambiguous`.
    """

    on: date | None = None
    at: datetime | None = None
    offset: int | None = None
    problem: str | None = None
    reason: str | None = None

    @property
    def text(self) -> str | None:
        """The canonical form: `YYYY-MM-DD`, or local `YYYY-MM-DDTHH:MM:SS`, with the offset where there is one."""
        if self.at is None:
            return None if self.on is None else self.on.isoformat()
        written = self.at.isoformat(timespec="seconds" if self.at.second else "minutes")
        if self.offset is None:
            return written
        sign, minutes = ("-", -self.offset) if self.offset < 0 else ("+", self.offset)
        return f"{written}{sign}{minutes // 60:02}:{minutes % 60:02}"

    def local(self, zone: str) -> "TimeReading":
        """The same moment on the wall clock of `zone`; a text without an offset is local already.

        The date is the calendar date there. The offset is kept: where clocks go back it tells the two hours apart.
        """
        if self.at is None or self.offset is None:
            return self
        moment = self.at.replace(tzinfo=timezone(timedelta(minutes=self.offset))).astimezone(ZoneInfo(zone))
        offset = moment.utcoffset()
        wall = moment.replace(tzinfo=None)
        return TimeReading(wall.date(), wall, round(offset.total_seconds() / 60) if offset else 0)


UNREADABLE = TimeReading(problem="date_unreadable", reason="other_form")


@lru_cache
def format_pattern(declared: str) -> re.Pattern[str]:
    """The regular expression of a declared format; `ValueError` for a directive that does not exist."""
    built = []
    for place, part in enumerate(re.split(r"%-?(.)", declared)):
        if place % 2 == 0:
            built.append(re.escape(part.lower()).replace(r"\ ", " "))
        elif part in _DIRECTIVES:
            built.append(_DIRECTIVES[part])
        else:
            raise ValueError(f"%{part} is not a directive; known are {', '.join(f'%{one}' for one in _DIRECTIVES)}")
    return re.compile("".join(built).replace(" (?P<half>", " ?(?P<half>"))


def read_time(
    written: str,
    formats: Sequence[str] = ISO_FORMATS,
    *,
    months: Mapping[str, int] | None = None,
    pivot: int | None = None,
    unknown_times: Collection[str] = (),
) -> TimeReading:
    """Read one text by the declared formats.

    Two formats that read it differently make it unreadable: is 01/02 in January or in February? `months` adds names of
    months of other languages. `pivot` is the last two-digit year of this century's: with 35, `35` is 2035 and `36` is
    1936; without it, no two-digit year is read. A clock among `unknown_times` (`HH:MM:SS`) leaves the date alone.
    """
    text = " ".join(unicodedata.normalize("NFKC", written).lower().split())
    names = {**ENGLISH, **(months or {})}
    matches = [found for one in formats if (found := format_pattern(one).fullmatch(text))]
    readings = {_build_reading(found.groupdict(), names, pivot) for found in matches} - {UNREADABLE}
    if len(readings) > 1:
        return TimeReading(problem="date_unreadable", reason="ambiguous")
    if not readings:
        return UNREADABLE
    reading = readings.pop()
    return TimeReading(reading.on) if _clock_text(reading) in unknown_times else reading


def _clock_text(reading: TimeReading) -> str | None:
    return None if reading.at is None else reading.at.strftime("%H:%M:%S")


def _build_reading(parts: dict[str, str | None], months: Mapping[str, int], pivot: int | None) -> TimeReading:
    try:
        on = date(_read_year(parts, pivot), _read_month(parts, months), int(parts["day"] or 0))
        hour = _read_hour(parts)
        if hour is None:
            return TimeReading(on)
        fraction = ((parts.get("fraction") or "") + "000000")[:6]
        clock = time(hour, int(parts["minute"] or 0), int(parts.get("second") or 0), int(fraction))
        at = datetime.combine(on, clock)
        return TimeReading(on, at, _offset_minutes(parts.get("offset")))
    except (ValueError, KeyError):
        return UNREADABLE


def _read_year(parts: dict[str, str | None], pivot: int | None) -> int:
    if parts.get("year"):
        return int(parts["year"] or 0)
    if pivot is None:
        raise ValueError("a two-digit year without a pivot")
    short = int(parts["short_year"] or 0)
    return 2000 + short if short <= pivot else 1900 + short


def _read_month(parts: dict[str, str | None], months: Mapping[str, int]) -> int:
    name = parts.get("month_name")
    return months[name] if name else int(parts["month"] or 0)


def _read_hour(parts: dict[str, str | None]) -> int | None:
    if parts.get("hour12"):
        hour = int(parts["hour12"] or 0)
        if not 1 <= hour <= 12 or not parts.get("half"):
            raise ValueError("not an hour of a 12-hour clock")
        return hour % 12 + (12 if (parts["half"] or "").startswith("p") else 0)
    return int(parts["hour"] or 0) if parts.get("hour") else None


def _offset_minutes(written: str | None) -> int | None:
    if written is None:
        return None
    if written == "z":
        return 0
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    if minutes > 14 * 60 or int(written[-2:]) > 59:
        raise ValueError("no such offset")
    return -minutes if written[0] == "-" else minutes


def change_of_clocks(at: datetime, zone: str) -> Change | None:
    """Whether this wall clock happens twice (`overlap`) or never (`gap`) in `zone`; null on ordinary days."""
    local = at.replace(tzinfo=ZoneInfo(zone))
    first, second = local.utcoffset(), local.replace(fold=1).utcoffset()
    if first == second or first is None or second is None:
        return None
    return "overlap" if first > second else "gap"


_PARTIAL = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?")


def precision_of(written: str) -> Precision | None:
    """How much an ISO 8601 text says: year, month, date, minute or second; null when it is no such text."""
    found = _PARTIAL.fullmatch(written)
    if found:
        return "date" if found["day"] else "month" if found["month"] else "year"
    reading = read_time(written)
    if reading.at is None:
        return None
    return "second" if re.search(r":[0-9]{2}:[0-9]{2}", written) else "minute"
