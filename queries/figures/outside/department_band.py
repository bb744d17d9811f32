"""The department as a band beside one operator's own figure, so that no colleague follows from it by subtraction.

Who knows the own counts and those of all knows those of the others together. So the band stands only where the others
are at least three with more than the disclosure rule hides, none of them has most of what the others have, and neither
"yes" nor "no" is rare among them (the threshold and dominance rules of statistical offices: Hundepool and others,
Statistical Disclosure Control, 2012, chapter 4). It is made of counts rounded as for readers outside, gives no count,
and is of whole quarters: it moves four times a year, not with each procedure.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from data.settings import DisclosureRule
from queries.catalogue.filters import NOT_RECORDED
from queries.figures.gates import FIRM, choose_gate, share_of
from queries.figures.summarise import Row
from queries.statistics.intervals import wilson

FEWEST_COLLEAGUES = 3
MOST_OF_ONE = 0.5
PERCENT = 100


@dataclass(frozen=True)
class Band:
    """The 95 % interval of the department's share, whole per cent, rounded outwards."""

    lower: int
    upper: int

    @property
    def middle(self) -> float:
        """In per cent."""
        return (self.lower + self.upper) / 2


def department_band(by_operator: Sequence[Row], own: Collection[str], rule: DisclosureRule) -> Band | None:
    """The band from exact figures by operator; None where it would tell of one colleague, or too much is missing.

    One None for every reason: which one it is would tell something of a colleague too.
    """
    others = [row for row in by_operator if row["group"] not in own]
    yes, recorded = (sum(row[name] for row in others) for name in ("numerator", "recorded"))
    colleagues = [row["recorded"] for row in others if row["group"] != NOT_RECORDED]
    known = [count for count in colleagues if count > rule.hide_up_to]
    is_safe = (
        len(known) >= FEWEST_COLLEAGUES
        and max(known) <= MOST_OF_ONE * sum(colleagues)
        and yes > rule.hide_up_to
        and recorded - yes > rule.hide_up_to
    )
    all_yes, all_recorded, eligible = (
        sum(row[name] for row in by_operator) for name in ("numerator", "recorded", "eligible")
    )
    if not is_safe or choose_gate(all_recorded, share_of(all_recorded, eligible), stands_alone=True) not in FIRM:
        return None
    lower, upper = wilson(_rounded(all_yes, rule), _rounded(all_recorded, rule))
    return Band(math.floor(PERCENT * lower), math.ceil(PERCENT * upper))


def _rounded(count: int, rule: DisclosureRule) -> int:
    return (count + rule.round_to // 2) // rule.round_to * rule.round_to
