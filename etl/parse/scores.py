"""Pain scores from text: a number from 0 to 10, a reason for its absence, or the rule that it breaks."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

NUMBER = re.compile(r"-?[0-9]{1,4}([.][0-9]{1,2})?")
INTERVAL = re.compile(r"[0-9]+([.][0-9]+)?\s*(-|–|to)\s*[0-9]+([.][0-9]+)?")
CENSORED = re.compile(r"(>=?|<=?|≥|≤|over|under)\s*[0-9]+([.][0-9]+)?|[0-9]+([.][0-9]+)?\s*\+")
MISSING_WORDS = frozenset({"-", "n/a", "na", "none", "not recorded", "unable", "declined", "refused", "dna", "died"})


@dataclass(frozen=True)
class ScoreReading:
    """Exactly one of `score`, `missing_reason` and `problem` (the name of a rule) is given."""

    score: Decimal | None = None
    missing_reason: str | None = None
    problem: str | None = None


def read_score(written: str | None) -> ScoreReading:
    """Read one score on the 0 to 10 scale. Nothing is averaged, clipped or rounded."""
    if written is None:
        return ScoreReading(missing_reason="blank")
    text = unicodedata.normalize("NFKC", written).strip().lower()
    if text in MISSING_WORDS:
        return ScoreReading(missing_reason=text)
    if NUMBER.fullmatch(text):
        score = Decimal(text)
        return ScoreReading(score=score) if 0 <= score <= 10 else ScoreReading(problem="score_out_of_range")
    if INTERVAL.fullmatch(text):
        return ScoreReading(problem="score_interval")
    if CENSORED.fullmatch(text):
        return ScoreReading(problem="score_censored")
    return ScoreReading(problem="score_unreadable")
