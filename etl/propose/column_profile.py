"""What the columns of an unknown file look like: how much of each can be read, and as what. Never a value."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from etl.parse.levels import read_levels
from etl.parse.scores import read_score
from etl.readers import plain_heading

DATE_FORMS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m.%d.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%d/%m/%y",
    "%m/%d/%y", "%d.%m.%y", "%Y年%m月%d日", "%d %b %Y", "%d-%b-%Y",
)  # fmt: skip
TIME_FORMS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%Hh%M", "%H.%M")
JOINS = (" ", "T")
# What a workbook's own dates and times read as: they need no form.
OF_WORKBOOKS = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8})?|[0-9]{2}:[0-9]{2}:[0-9]{2}"
MOST_DIFFERENT = 1_000
ENOUGH = 0.5


@dataclass(frozen=True)
class Look:
    """A column: cells that hold something, different ones among them, and form → share of them that it reads.

    `typed` holds the texts with the line of each, for counting and for saying where; nothing shows them. `group` stands
    above the heading where the header has two rows.
    """

    heading: str
    filled: int
    different: int
    dates: dict[str, float]
    times: dict[str, float]
    date_times: dict[str, float]
    levels: float
    scores: float
    numbers: float
    typed: tuple[tuple[int, str], ...] = ()
    group: str = ""

    @property
    def name(self) -> str:
        """What the column is called: its heading, below its group."""
        return f"{self.group} / {self.heading.strip()}" if self.group else self.heading.strip()

    def fit(self, patterns: Sequence[str]) -> float:
        """How well the heading, alone or with its group, fits words, 0 to 1."""
        return max(
            heading_fit(self.heading, patterns),
            heading_fit(f"{self.group} {self.heading}", patterns) if self.group else 0.0,
        )

    def unread(self, form: str) -> list[int]:
        """The lines of the cells that a form of dates or times does not read, or that are no `levels` or `score`."""
        reads = {"levels": _is_level, "score": _is_score}.get(form, lambda text: _fits_form(text, form))
        return [line for line, text in self.typed if not reads(text)]

    @property
    def is_known_sex(self) -> bool:
        """Whether every text is F, M or X, which need no list of codes."""
        return all(text.upper() in ("F", "M", "X") for _, text in self.typed)

    def forms(self, which: str) -> list[str]:
        """The forms that read the most of the column; several when they cannot be told apart. None below half."""
        shares: dict[str, float] = getattr(self, which)
        most = max(shares.values(), default=0.0)
        return [form for form, share in shares.items() if share == most] if most >= ENOUGH else []


def profile_column(
    heading: str, cells: Sequence[str | None], of_workbook: bool = False, lines: Sequence[int] | None = None
) -> Look:
    """Look at a column of text; the dates that a workbook knows as such say nothing about forms."""
    filled = [
        (line, " ".join(cell.split()))
        for line, cell in zip(lines or range(1, len(cells) + 1), cells, strict=True)
        if cell and cell.strip()
    ]
    typed = [(line, text) for line, text in filled if not (of_workbook and re.fullmatch(OF_WORKBOOKS, text))]
    count = dict(Counter(text for _, text in typed).most_common(MOST_DIFFERENT))
    different = list(count)
    whole = sum(count.values()) or 1

    def share(reads: object) -> float:
        assert callable(reads)
        return sum(times for text, times in count.items() if reads(text)) / whole

    def shares(forms: Sequence[str]) -> dict[str, float]:
        found = {form: share(lambda text, form=form: _fits_form(text, form)) for form in forms}
        return {form: one for form, one in found.items() if one}

    both = [f"{day}{join}{time}" for day in DATE_FORMS for time in TIME_FORMS for join in JOINS]
    has_digits = any(re.search("[0-9]", text) for text in different)
    return Look(
        heading,
        len(filled),
        len({text for _, text in filled}),
        shares(DATE_FORMS) if has_digits else {},
        shares(TIME_FORMS) if has_digits else {},
        shares(both) if has_digits else {},
        share(_is_level),
        share(_is_score),
        share(lambda text: re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", text) is not None),
        tuple(typed),
    )


def _is_level(text: str) -> bool:
    return read_levels(text).vertebrae is not None


def _is_score(text: str) -> bool:
    return read_score(text).problem is None


def _fits_form(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return False
    return True


def heading_fit(heading: str, patterns: Sequence[str]) -> float:
    """How well a heading fits words, 0 to 1: the first word fits best."""
    written = plain_heading(heading)
    for place, pattern in enumerate(patterns):
        if re.fullmatch(".*".join(re.escape(piece) for piece in plain_heading(pattern).split("*")), written):
            return 1 - place / (2 * len(patterns))
    return 0.0
