"""Forms of dates and times that a text may be written in, all that the languages of heading_words.toml know."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache

from etl.propose.heading_meanings import read_words
from etl.sources.language.cells import EXCEL_DAY

DATE_FORMS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%y",
    "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y", "%Y%m%d", "%Y年%m月%d日",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y",
    "%d/%b/%Y", "%d. %b %Y", "%d.%b.%Y", "%b %d, %Y", "%b %d %Y",
    "%d de %b de %Y", "%d %B %Y", "%d-%B-%Y", "%d. %B %Y", "%d de %B de %Y",
    "%d %B, %Y", "%B %d, %Y", "%B %d %Y", "%Y-%b-%d",
    "%d %B %y", "%d-%B-%y", "%d. %B %y",
)  # fmt: skip
TIME_FORMS = (
    "%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%Hh%M", "%H h %M", "%H.%M", "%H.%M Uhr", "%H:%M Uhr",
    "%H:%M h", "%H%M",
)  # fmt: skip
JOINS = (" ", "T", ", ", " um ", " à ", "")
# Forms without any sign between the parts: four or eight digits may be anything.
BARE = ("%Y%m%d", "%H%M")
BARE_FORMS = (*BARE, EXCEL_DAY, "%Y%m%d%H%M", "%Y%m%d%H%M%S")
ISO_TEXT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})"
)
# From 1928 to 2064.
EXCEL_DAYS = re.compile("[1-5][0-9]{4}")
# Half days as Spanish writes them.
HALF_DAYS = {"a. m.": "AM", "p. m.": "PM", "a.m.": "AM", "p.m.": "PM"}
WIDTHS = {
    "d": "[0-9]{1,2}", "m": "[0-9]{1,2}", "y": "[0-9]{2}", "Y": "[0-9]{4}", "H": "[0-9]{1,2}", "I": "[0-9]{1,2}",
    "M": "[0-9]{2}", "S": "[0-9]{2}", "p": "[AaPp][Mm]", "b": "[A-Za-z]{3}", "B": "[A-Za-z]{3,9}",
}  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1900, 2099
ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@cache
def _gate(form: str) -> re.Pattern[str]:
    pieces = re.findall(r"%.|[^%]+", form)
    # Without a sign between them only full widths tell the parts apart.
    widths = {name: width.replace("{1,2}", "{2}") for name, width in WIDTHS.items()} if form in BARE else WIDTHS
    return re.compile("".join(widths[one[1]] if one[0] == "%" else re.escape(one) for one in pieces))


def _fits(text: str, form: str) -> bool:
    if not _gate(form).fullmatch(text):
        return False
    try:
        read = datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return False
    return "%Y" not in form or FIRST_YEAR <= read.year <= LAST_YEAR


def _forms_of(text: str, forms: Sequence[str]) -> tuple[str, ...]:
    return tuple(form for form in forms if _fits(text, form))


@lru_cache(maxsize=50_000)
def date_forms(text: str) -> tuple[str, ...]:
    """The forms that read a text as a day; a day as Excel's number where it is one of this or the last century."""
    return (EXCEL_DAY,) if EXCEL_DAYS.fullmatch(text) else _forms_of(text, DATE_FORMS)


@lru_cache(maxsize=50_000)
def time_forms(text: str) -> tuple[str, ...]:
    """The forms that read a text as a time of day."""
    return _forms_of(text, TIME_FORMS)


@lru_cache(maxsize=50_000)
def date_time_forms(text: str) -> tuple[str, ...]:
    """The forms that read a text as a day with a time."""
    if ISO_TEXT.fullmatch(text):
        return ("iso",)
    found = []
    for join in JOINS:
        for place in _places(text, join):
            days = _forms_of(text[:place], DATE_FORMS if join else ("%Y%m%d",))
            clocks = _forms_of(text[place + len(join) :], TIME_FORMS) if days else ()
            found += [f"{day}{join}{clock}" for day in days for clock in clocks]
    if re.fullmatch("[0-9]{14}", text) and _fits(text[:8], "%Y%m%d"):
        found.append("%Y%m%d%H%M%S")
    return tuple(found)


def _places(text: str, join: str) -> list[int]:
    """Where the day may end."""
    if not join:
        return [8] if re.fullmatch("[0-9]{12}", text) else []
    return [match.start() for match in re.finditer(re.escape(join), text)]


def replaced(text: str, words: Mapping[str, str]) -> str:
    """A text with words replaced one after the other, as a load does it."""
    for written, meaning in words.items():
        text = text.replace(written, meaning)
    return text


def replacements(texts: Iterable[str]) -> dict[str, str]:
    """What must be replaced in the texts of a column before they can be read: names of months, Spanish half days."""
    half_days: dict[str, str] = {}
    names: Counter[str] = Counter()
    for text in texts:
        half_days |= {half: meaning for half, meaning in HALF_DAYS.items() if half in text}
        names.update(re.findall(r"[^\W\d_]{3,}[.]?", text) if re.search("[0-9]", text) else ())
    return half_days | _months(names)


def _months(names: Mapping[str, int]) -> dict[str, str]:
    """The names of all months in the list that explains the most of these, in the cases in which they are written."""
    bare = {name.rstrip(".").lower() for name in names}
    lists = [tuple(months.split()) for language in read_words()["months"].values() for months in language]
    best = max(lists, key=lambda months: len(bare & {month.lower() for month in months}), default=())
    explained = bare & {month.lower() for month in best}
    is_dotted = any(name[-1] == "." for name in names if name.rstrip(".").lower() in explained)
    if not explained or (not is_dotted and best in (ENGLISH, tuple(month[:3] for month in ENGLISH))):
        return {}
    written = [name.rstrip(".") for name in names if name.rstrip(".").lower() in explained]
    cases = [case for case in (str.lower, str.capitalize, str.upper) if any(name == case(name) for name in written)]
    # Short English names: none is a part of another, so that one replacement never meets the result of an earlier one.
    spelled = [(case(month), english[:3]) for month, english in zip(best, ENGLISH, strict=True) for case in cases]
    dotted = {f"{month}.": english for month, english in spelled} if is_dotted else {}
    return dotted | {month: english for month, english in spelled if month != english}
