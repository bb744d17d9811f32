"""What the columns of an unknown file look like: how much of each can be read, and as what. Never a value."""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from etl.parse.levels import read_levels
from etl.parse.scores import SCALES, read_score
from etl.propose.column_moments import BARE_FORMS, date_forms, date_time_forms, replaced, replacements, time_forms
from etl.propose.heading_meanings import HeadingWords, heading_words

# What a workbook's own dates and times read as: they need no form.
OF_WORKBOOKS = {
    "dates": r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00)?",
    "date_times": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}",
    "times": r"[0-9]{2}:[0-9]{2}:[0-9]{2}",
}
MOST_DIFFERENT = 1_000
ENOUGH = 0.5
# Meanings of headings that speak of a day or a time.
DATED = frozenset({
    "date", "time", "moment", "start", "end", "in", "out", "birth", "death", "discharge", "admission", "arrive",
    "updated", "recorded", "ready", "occurred", "readmission", "call",
})  # fmt: skip
NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}


@dataclass(frozen=True, kw_only=True)
class Look:
    """A column: cells that hold something, different ones among them, and form → share of them that it reads.

    `typed` holds the texts with the line of each, for counting and for saying where; nothing shows them but the drafts
    of code tables. `group` stands above the heading where the header has two rows. `known` are the shares of dates,
    times and both that a workbook knows as such; `replacements` are words, such as names of months, to replace first.
    """

    heading: str
    filled: int
    different: int
    rows: int
    dates: dict[str, float]
    times: dict[str, float]
    date_times: dict[str, float]
    levels: float
    scores: float
    numbers: float
    known: dict[str, float] = field(default_factory=dict)
    replacements: dict[str, str] = field(default_factory=dict)
    typed: tuple[tuple[int, str], ...] = ()
    group: str = ""

    @property
    def name(self) -> str:
        """What the column is called: its heading, below its group."""
        return f"{self.group} / {self.heading.strip()}" if self.group else self.heading.strip()

    @cached_property
    def words(self) -> tuple[HeadingWords, ...]:
        """The meanings of the heading, alone and below its group."""
        alone = heading_words(self.heading)
        return (alone, heading_words(f"{self.group} {self.heading}")) if self.group else (alone,)

    @property
    def meanings(self) -> frozenset[str]:
        """All meanings of the heading and its group."""
        return self.words[-1].all

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text occurs."""
        return Counter(text for _, text in self.typed)

    def unread(self, form: str) -> list[int]:
        """The lines of the cells that a form of dates or times does not read, or that are no `levels` or `score`."""
        reads: Callable[[str], bool] = {"levels": is_level, "score": is_score_of_ten}.get(
            form, lambda text: form in (*date_forms(text), *time_forms(text), *date_time_forms(text))
        )
        return [line for line, text in self.typed if not reads(replaced(text, self.replacements))]

    def share(self, which: str) -> float:
        """How much of the column reads as `dates`, `times` or `date_times`, by its best form or known to a workbook."""
        typed: dict[str, float] = getattr(self, which)
        known = self.known.get(which, 0.0)
        return known + max(typed.values(), default=0.0) * (1 - sum(self.known.values()))

    @property
    def moment(self) -> str:
        """`date_times`, `dates` or `times`, whatever reads the most and at least half; empty when none does."""
        best = max(("dates", "date_times", "times"), key=self.share)
        if self.share(best) < ENOUGH:
            return ""
        # Digits alone may be any number: then the heading must speak of a time.
        is_bare = bool(self.forms(best)) and all(form in BARE_FORMS for form in self.forms(best))
        return "" if is_bare and not self.meanings & DATED else best

    def forms(self, which: str) -> list[str]:
        """The forms that read the most of the column; several when they cannot be told apart. None below half."""
        shares: dict[str, float] = getattr(self, which)
        most = max(shares.values(), default=0.0)
        found = [form for form, share in shares.items() if share == most] if most >= ENOUGH else []
        # May is both short and long; the short form is the usual one.
        return [form for form in found if "%B" not in form or form.replace("%B", "%b") not in found]

    def share_of(self, reads: Callable[[str], bool]) -> float:
        """How much of the cells a test holds for; 0 for a column without text."""
        whole = sum(self.counts.values())
        return sum(times for text, times in self.counts.items() if reads(text)) / whole if whole else 0.0

    @cached_property
    def values(self) -> list[float]:
        """The numbers, whatever their decimal sign."""
        return [float(text.replace(",", ".")) for _, text in self.typed if NUMBER.fullmatch(text)]

    @property
    def middle(self) -> float:
        """The median of the numbers; 0 without any."""
        return statistics.median(self.values) if self.values else 0.0

    @property
    def has_commas(self) -> bool:
        """Whether numbers are written with a decimal comma."""
        return any(re.fullmatch(r"[+-]?[0-9]+,[0-9]+( ?[a-z]+)?", text) for text in self.counts)

    @property
    def is_known_sex(self) -> bool:
        """Whether every text is F, M or X, which need no list of codes. M alone may be a woman: mujer, mulher."""
        texts = {text.upper() for text in self.counts}
        return texts <= {"F", "M", "X"} and "F" in texts

    @property
    def is_category(self) -> bool:
        """Whether it repeats few texts, as codes do."""
        return 0 < self.different <= max(6, self.filled // 3) and all(len(text) <= 60 for text in self.counts)

    @property
    def is_unique(self) -> bool:
        """Whether every cell holds something else, and hardly any is empty."""
        return self.different == self.filled and self.filled >= 0.98 * self.rows


def profile_column(
    heading: str, cells: Sequence[str | None], of_workbook: bool = False, lines: Sequence[int] | None = None
) -> Look:
    """Look at a column of text; the dates that a workbook knows as such say nothing about forms."""
    filled = [
        (line, " ".join(cell.split()))
        for line, cell in zip(lines or range(1, len(cells) + 1), cells, strict=True)
        if cell and cell.strip()
    ]
    known, typed = _known_moments(filled) if of_workbook else ({}, filled)
    count = dict(Counter(text for _, text in typed).most_common(MOST_DIFFERENT))
    whole = sum(count.values()) or 1
    has_digits = any(re.search("[0-9]", text) for text in count)
    words = replacements(count)

    def share(reads: Callable[[str], bool]) -> float:
        return sum(times for text, times in count.items() if reads(text)) / whole

    def shares(forms_of: Callable[[str], tuple[str, ...]]) -> dict[str, float]:
        found: Counter[str] = Counter()
        for text, times in count.items() if has_digits else ():
            found.update(dict.fromkeys(forms_of(replaced(text, words)), times))
        return {form: times / whole for form, times in found.items()}

    return Look(
        heading=heading,
        filled=len(filled),
        different=len({text for _, text in filled}),
        rows=len(cells),
        dates=shares(date_forms),
        times=shares(time_forms),
        date_times=shares(date_time_forms),
        levels=share(is_level),
        scores=share(is_score),
        numbers=share(lambda text: NUMBER.fullmatch(text) is not None),
        known=known,
        replacements=words,
        typed=tuple(typed),
    )


def _known_moments(filled: Sequence[tuple[int, str]]) -> tuple[dict[str, float], list[tuple[int, str]]]:
    """Shares of the dates and times that a workbook knows, and the cells that are none."""
    counts: Counter[str] = Counter()
    typed = []
    for line, text in filled:
        which = next((name for name, form in OF_WORKBOOKS.items() if re.fullmatch(form, text)), None)
        if which is None:
            typed.append((line, text))
        else:
            counts[which] += 1
    return {which: times / len(filled) for which, times in counts.items()}, typed


def is_level(text: str) -> bool:
    """Whether a text names vertebrae."""
    return read_levels(text).vertebrae is not None


def is_score(text: str) -> bool:
    """Whether a text is a pain score on a scale to 10 or to 100, or says that there is none."""
    return any(read_score(text, scale, decimal_comma=True).problem is None for scale in SCALES)


def is_score_of_ten(text: str) -> bool:
    """Whether a text is a pain score from 0 to 10."""
    return read_score(text, decimal_comma=True).problem is None
