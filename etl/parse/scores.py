"""Pain scores from text: a number from 0 to 10, a reason for its absence, or the rule that it breaks."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

SCALES = (10, 100)
MISSING = "missing:"
UNIT_SCALES = {"mm": 100, "cm": 10}
# Databases write a column of numbers with zeros behind: 8.0000000000 is 8.
NUMBER = r"[0-9]{1,4}(?:[.][0-9]{1,2}0*)?|[.][0-9]{1,2}0*"
_PLAIN = re.compile(rf"-?(?:{NUMBER})")
_NAMED = re.compile(
    r"(?:(?:pain )?(?:nrs|vas|vrs|nprs|bpi|eva|ens|evn|nas|score|pain)(?:[- ]?(?:11|10|100))?(?: score)?)[:= ]\s*"
)
_OUT_OF = re.compile(
    rf"(?P<score>-?(?:{NUMBER}))\s*(?:/|of|out of|von|sur|van|av|de|di|su|sobre)\s*(?P<scale>[0-9]{{1,3}})"
)
_MEASURED = re.compile(rf"(?P<score>-?(?:{NUMBER}))\s*(?P<unit>mm|cm)")
_INTERVAL = re.compile(rf"(?:{NUMBER})\s*(?:-|–|—|to|bis|or|und|and)\s*(?:{NUMBER})(?:\s*/\s*10)?")
_CENSORED = re.compile(
    r"(?:>=?|<=?|≥|≤|over|under|above|below|more than|less than|at least|at most|über|unter)"
    rf"\s*(?:{NUMBER})(?:\s*/\s*10)?"
    rf"|(?:{NUMBER})\s*[+]"
)
# What a spreadsheet makes of a typed `7-8`.
_DATED = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[t ][0-9:.]+)?|[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}(?:[t ][0-9:.]+)?"
    r"|[0-9]{1,2}[ .-]{1,2}(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez|mär|mrz)[a-z.]*"
)
WORDS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}
MISSING_WORDS = frozenset({"-", "n/a", "na", "none", "not recorded", "unable", "declined", "refused", "dna", "died"})


@dataclass(frozen=True)
class ScoreReading:
    """Exactly one of `score`, `missing_reason` and `problem` (the name of a rule) is given.

    The score is on the 0 to 10 scale, whatever scale it was given on.
    """

    score: Decimal | None = None
    missing_reason: str | None = None
    problem: str | None = None


def read_score(
    written: str | None, scale: int = 10, missing_codes: Collection[str] = (), decimal_comma: bool = False
) -> ScoreReading:
    """Read one score. Nothing is averaged, clipped or rounded.

    `scale` is the top of the scale of a bare number, 10 or 100; a text such as `70/100` says its own. `missing_codes`
    are those of this instrument: 99 is missing on a 0 to 10 scale and a score on a 0 to 100 scale. A mapping that knows
    why a score is missing writes `missing: reason`. A decimal comma is read only where it is declared.
    """
    if written is None:
        return ScoreReading(missing_reason="blank")
    text = _normal_text(written)
    if text.startswith(MISSING):
        return ScoreReading(missing_reason=text[len(MISSING) :].strip() or "blank")
    if text in MISSING_WORDS or text in {_normal_text(code) for code in missing_codes}:
        return ScoreReading(missing_reason=text)
    if not text:
        return ScoreReading(missing_reason="blank")
    # Footnotes and fractions turn into digits when they are normalised: 7² is not 72.
    if any(unicodedata.category(letter) == "No" for letter in written):
        return ScoreReading(problem="score_unreadable")
    if decimal_comma:
        text = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text)
    return _read_text(_NAMED.sub("", text, count=1) if _NAMED.match(text) else text, scale)


def _normal_text(written: str) -> str:
    text = unicodedata.normalize("NFKC", written).replace("−", "-").lower()
    return " ".join(text.split())


def _read_text(text: str, scale: int) -> ScoreReading:
    if text in WORDS:
        return _on_scale(Decimal(WORDS[text]), scale)
    if _PLAIN.fullmatch(text):
        return _on_scale(Decimal(text), scale)
    for pattern, problem in ((_DATED, "score_is_a_date"), (_INTERVAL, "score_interval"), (_CENSORED, "score_censored")):
        if pattern.fullmatch(text):
            return ScoreReading(problem=problem)
    named = _OUT_OF.fullmatch(text)
    if named:
        top = int(named["scale"])
        return _on_scale(Decimal(named["score"]), top) if top in SCALES else ScoreReading(problem="score_unreadable")
    measured = _MEASURED.fullmatch(text)
    if measured:
        reading = _on_scale(Decimal(measured["score"]), scale)
        agrees = UNIT_SCALES[measured["unit"]] == scale or reading.problem
        return reading if agrees else ScoreReading(problem="score_other_scale")
    return ScoreReading(problem="score_unreadable")


def _on_scale(score: Decimal, scale: int) -> ScoreReading:
    if not 0 <= score <= scale:
        return ScoreReading(problem="score_out_of_range")
    on_ten = score * 10 / scale
    return ScoreReading(score=on_ten) if on_ten == round(on_ten, 2) else ScoreReading(problem="score_unreadable")
