"""SQL that reads text as declared: dates and times, numbers, codes. Nothing is cast that a pattern did not admit.

Each function takes SQL of a text and gives SQL of a text. What cannot be read is left as it was sent, so that the rule
of its column rejects it by its own name.
"""

import re
from dataclasses import dataclass, replace

from data.spreadsheet_text import NEUTRALISED
from etl.readers import FIRST_EXCEL_DAY, plain_heading
from etl.sources.language.cells import EXCEL_DAY, ISO, as_pattern

WIDTHS = {
    "d": "[0-9]{1,2}", "m": "[0-9]{1,2}", "y": "[0-9]{2}", "Y": "[0-9]{4}", "H": "[0-9]{1,2}", "I": "[0-9]{1,2}",
    "M": "[0-9]{2}", "S": "[0-9]{2}", "p": "[AaPp][Mm]", "b": "[A-Za-z]{3}", "B": "[A-Za-z]{3,9}", "f": "[0-9]{1,6}",
    "z": "(?:Z|[+-][0-9]{2}:?[0-9]{2})",
}  # fmt: skip
ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
ISO_TIME = "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
COUNT = "-?[0-9]{1,6}([.][0-9]{1,3}0*)?"
CLOCK = "[0-9]{1,3}:[0-5][0-9](:[0-5][0-9])?"
OFFSET = "(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
DATE_FORM, TIME_FORM = "%Y-%m-%d", "%H:%M:%S"
# A fraction that no clock shows: which of two equal local times is meant, where its sender said so.
EARLIER_HOUR, LATER_HOUR = ".000001", ".000002"
CLOCK_CHANGES = (60, 30)
# So many patterns are compared one by one.
FEW = 2
WIDE_DIGITS = ("０１２３４５６７８９：／．－", "0123456789:/.-")
SPACES = r"[\s\x{00a0}\x{2007}\x{202f}\x{3000}]+"

# Columns that may hold a date alone.
DATE_OR_TIME = ("discharged_at", "measured_at", "happened_at", "stays.arrived_at")


@dataclass(frozen=True)
class Clock:
    """How times are told: local ones of `zone`, years of two digits before `received_on`, Excel's from `day_zero`."""

    zone: str
    received_on: str
    day_zero: str = FIRST_EXCEL_DAY

    def counting_from(self, day_zero: str) -> "Clock":
        """The same for a workbook that counts its days from another one."""
        return replace(self, day_zero=day_zero)


def sql_literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def bind_name(name: str, sql: str, then: str) -> str:
    """SQL in which `name` stands for a value: written out where it is needed, nested ones would fill megabytes."""
    return f"list_transform([{sql}], lambda {name} : {then})[1]"


def tidy_spaces(sql: str) -> str:
    """Text with single spaces."""
    return f"trim(regexp_replace({sql}, {sql_literal(SPACES)}, ' ', 'g'))"


def code_meaning(sql: str, codes: dict[str, str]) -> str:
    """The meaning of a code; a code may hold `*` for anything, and the first that fits counts."""
    if not codes:
        return sql
    written = f"lower({tidy_spaces(sql)})"
    exact = [(code, meaning) for code, meaning in codes.items() if "*" not in code]
    loose = [(code, meaning) for code, meaning in codes.items() if "*" in code]
    whens = [
        f"when {written} = {sql_literal(plain_heading(code))} then {_meaning_literal(meaning)}"
        for code, meaning in exact
    ]
    whens += [f"when {written} like {like_pattern(code)} then {_meaning_literal(meaning)}" for code, meaning in loose]
    return f"case {' '.join(whens)} else {sql} end"


def _meaning_literal(text: str) -> str:
    return sql_literal(text) if text else "null"


def like_pattern(pattern: str) -> str:
    """A text with `*` for anything, as the right side of SQL's `like`."""
    escaped = re.sub(r"([\\%_])", r"\\\1", plain_heading(pattern)).replace("*", "%")
    return f"{sql_literal(escaped)} escape '\\'"


def is_one_of(sql: str, texts: tuple[str, ...]) -> str:
    """Whether a text is one of these, each with `*` for anything; false when there is none."""
    written = f"lower({tidy_spaces(sql)})"
    if not texts:
        return "false"
    loose = [text for text in texts if "*" in text]
    exact = ", ".join(sql_literal(plain_heading(text)) for text in texts if "*" not in text)
    tests = [f"{written} in ({exact})"] if exact else []
    if len(loose) > FEW:
        # One expression over all: a long chain of `like` takes longer to plan than to run.
        patterns = "|".join(as_pattern(text).pattern for text in loose)
        tests.append(f"regexp_full_match({written}, {sql_literal(patterns)}, 's')")
    else:
        tests += [f"{written} like {like_pattern(text)}" for text in loose]
    return f"coalesce({' or '.join(tests)}, false)"


def without_our_apostrophe(sql: str) -> str:
    """A text as it was sent: without the apostrophe that our own files put before what a spreadsheet would run."""
    bare = f"regexp_replace({sql}, {sql_literal(NEUTRALISED)}, '\\1')"
    return f"case when starts_with({sql}, '''') then {bare} else {sql} end"


def number_text(sql: str, decimal: str) -> str:
    """A number with a decimal point."""
    if decimal == ".":
        return sql
    return f"case when regexp_full_match({sql}, '-?[0-9]+,[0-9]+') then replace({sql}, ',', '.') else {sql} end"


def read_whole_number(sql: str) -> str:
    """A whole number without the point and zeros that programs write behind it where a column has gaps: 10.0 is 10."""
    return f"case when regexp_full_match({sql}, '-?[0-9]+[.]0+') then split_part({sql}, '.', 1) else {sql} end"


def sum_text(parts: list[str], decimal: str) -> str:
    """The sum of numbers as text, empty ones left out; null where all are, and all as sent where one cannot be read."""
    numbers = ", ".join(number_text(one, decimal) for one in parts)
    filled = f"list_filter([{numbers}], lambda one : one is not null)"
    unread = f"list_filter({filled}, lambda one : not regexp_full_match(one, '[0-9]{{1,6}}([.][0-9]{{1,3}}0*)?'))"
    added = f"cast(list_sum(list_transform({filled}, lambda one : try_cast(one as decimal(9, 3)))) as varchar)"
    return (
        f"case when len({filled}) = 0 then null when len({unread}) = 0 then {added}"
        f" else array_to_string({filled}, '+') end"
    )


def pad_zeros(sql: str, width: int) -> str:
    """A number with its leading zeros."""
    return f"case when regexp_full_match({sql}, '[0-9]{{1,{width}}}') then lpad({sql}, {width}, '0') else {sql} end"


def moment_text(
    sql: str, formats: tuple[str, ...], *, words: dict[str, str], clock: Clock, zone: str | None, no_midnight: bool
) -> str:
    """A date, a time or both as ISO text; null when no format fits, or when two fit and disagree."""
    written = f"translate({tidy_spaces(sql)}, {sql_literal(WIDE_DIGITS[0])}, {sql_literal(WIDE_DIGITS[1])})"
    for word, meaning in words.items():
        written = f"replace({written}, {sql_literal(word)}, {sql_literal(meaning)})"
    readings = [reading for form in formats for reading in _form_readings("written", form, clock, zone)]
    if not readings:
        return "cast(null as varchar)"
    chosen = readings[0]
    if len(readings) > 1:
        distinct = f"list_distinct([{', '.join(readings)}])"
        chosen = bind_name("readings", distinct, "case when len(readings) = 1 then readings[1] end")
    chosen = bind_name("written", written, chosen)
    if no_midnight:
        chosen = f"regexp_replace({chosen}, 'T(00:00:00|23:59:59)$', '')"
    return chosen


def later_moment(sql: str, amount: str, unit: str) -> str:
    """ISO text of a moment some minutes, hours, days or weeks later; null without an amount, an unreadable one as sent.

    An amount is a number of units, or `1:30` for hours and minutes.
    """
    is_clock = f"regexp_full_match(amount, '{CLOCK}')"
    is_count = f"(regexp_full_match(amount, '{COUNT}') or {is_clock})"
    seconds = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}[unit]
    count = (
        f"case when {is_clock} then epoch(try_cast(amount as interval))"
        f" else round(try_cast(amount as double) * {seconds}) end"
    )
    moved = f"try_cast(began as timestamp) + to_seconds(cast({count} as bigint))"
    whole = (
        f"case when regexp_full_match(began, '{ISO_DATE}') then strftime({moved}, '{DATE_FORM}')"
        f" else strftime({moved}, '{DATE_FORM}T{TIME_FORM}') end"
    )
    is_moment = f"coalesce(regexp_full_match(began, '{ISO_DATE}(T{ISO_TIME})?'), true)"
    reading = (
        f"case when not {is_moment} then began when amount is null then null"
        f" when {is_count} then {whole} else amount end"
    )
    return bind_name("began", sql, bind_name("amount", amount, reading))


def _form_readings(written: str, form: str, clock: Clock, zone: str | None) -> list[str]:
    if form == ISO:
        return _iso_readings(written, clock, zone)
    if form == EXCEL_DAY:
        seconds = f"to_seconds(cast(round(try_cast({written} as double) * 86400) as bigint))"
        moment = f"timestamp {sql_literal(clock.day_zero)} + {seconds}"
        forms = {"[0-9]{5}": DATE_FORM, "[0-9]{5}[.][0-9]+": f"{DATE_FORM}T{TIME_FORM}", "0?[.][0-9]+": TIME_FORM}
        whens = [
            f"when regexp_full_match({written}, '{gate}') then strftime({moment}, '{form}')"
            for gate, form in forms.items()
        ]
        return [f"case {' '.join(whens)} end"]
    parts = re.findall(r"%(.)", form)
    has_date, has_time = bool(set(parts) & set("dmyYbB")), bool(set(parts) & set("HIMSp"))
    gate = "".join(
        WIDTHS[piece[1]] if piece.startswith("%") else re.sub(r"([.\\+*?\[\](){}^$|])", r"\\\1", piece)
        for piece in re.findall(r"%.|[^%]+", form)
    )
    parsed = f"try_strptime({written}, {sql_literal(form)})"
    if "y" in parts:
        parsed = (
            f"case when {parsed} > date {sql_literal(clock.received_on)} + interval 1 year"
            f" then {parsed} - interval 100 year else {parsed} end"
        )
    if has_date and has_time:
        shown = _local_text(parsed, clock) if "z" in parts else _in_zone(parsed, clock, zone)
    else:
        shown = f"strftime({parsed}, {sql_literal(TIME_FORM if has_time else _date_form(parts))})"
    return [f"case when regexp_full_match({written}, {sql_literal(gate)}) then {shown} end"]


def _date_form(parts: list[str]) -> str:
    """As much of a date as a form names: a year alone is no first of January."""
    if "d" in parts:
        return DATE_FORM
    return "%Y-%m" if set(parts) & set("mbB") else "%Y"


def _in_zone(parsed: str, clock: Clock, zone: str | None) -> str:
    """ISO text of a local time; one of another zone becomes the local time at the hospital."""
    if zone is None or zone == clock.zone:
        return f"strftime({parsed}, {sql_literal(f'{DATE_FORM}T{TIME_FORM}')})"
    return _local_text(f"timezone({sql_literal(zone)}, {parsed})", clock)


def _local_text(moment: str, clock: Clock) -> str:
    """ISO text of a known moment at the hospital; where clocks go back it is marked as one of the two hours."""
    local = f"timezone({sql_literal(clock.zone)}, {moment})"
    is_later = " or ".join(
        f"timezone({sql_literal(clock.zone)}, {moment} - interval {minutes} minute) = {local}"
        for minutes in CLOCK_CHANGES
    )
    is_earlier = is_later.replace(" - interval", " + interval")
    mark = f"case when {is_later} then '{LATER_HOUR}' when {is_earlier} then '{EARLIER_HOUR}' else '' end"
    return f"strftime({local}, {sql_literal(f'{DATE_FORM}T{TIME_FORM}')}) || {mark}"


def _iso_readings(written: str, clock: Clock, zone: str | None) -> list[str]:
    local = _in_zone(f"try_cast({written} as timestamp)", clock, zone)
    with_offset = _local_text(f"try_cast({written} as timestamptz)", clock)
    day_at = f"{ISO_DATE}[T ]{ISO_TIME}"
    return [
        (
            f"case when regexp_full_match({written}, '{ISO_DATE}')"
            f" then strftime(try_cast({written} as date), '{DATE_FORM}')"
            f" when regexp_full_match({written}, '{day_at}') then {local}"
            f" when regexp_full_match({written}, '{day_at}{OFFSET}') then {with_offset}"
            f" when regexp_full_match({written}, '{ISO_TIME}')"
            f" then strftime(try_cast('2000-01-01 ' || {written} as timestamp), '{TIME_FORM}') end"
        )
    ]


def cut_moment(sql: str, name: str) -> str:
    """As much of a moment as a canonical column holds."""
    is_time = f"regexp_full_match({sql}, '{ISO_DATE}T.*')"
    if name.endswith("_on"):
        return f"case when {is_time} then left({sql}, 10) else {sql} end"
    is_date = f"regexp_full_match({sql}, '{ISO_DATE}')"
    if name.endswith("updated_at"):
        return f"case when {is_date} then {sql} || 'T00:00:00' else {sql} end"
    return sql if name.endswith(DATE_OR_TIME) else f"case when {is_date} then null else {sql} end"
