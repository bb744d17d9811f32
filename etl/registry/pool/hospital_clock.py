"""How far a pool reaches: what most procedures have reached, so that one silent hospital keeps no month open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

# Nine of ten.
ENOUGH, OF = 9, 10
# Behind the date that half of the hospitals have reached by more than a quarter of a year: silent, and not waited for.
SILENT_DAYS = 92


@dataclass(frozen=True)
class Reach:
    """How far a hospital's records reach, null without any; its procedures of a year; the last day of membership."""

    hospital: str
    reached: date | None
    procedures: int
    until: date | None = None


def pool_clock(hospitals: Collection[Reach]) -> date | None:
    """The largest date that hospitals with 90 % of a year's procedures have reached; null without any records.

    Not waited for are hospitals that left before the others' last date, and silent ones.
    """
    days = {one.hospital: one.reached for one in hospitals if one.reached is not None}
    if not days:
        return None
    newest = max(days.values())
    staying = [one for one in hospitals if one.hospital in days and not (one.until and one.until < newest)]
    reached = sorted((days[one.hospital] for one in staying), reverse=True) or [newest]
    half = reached[(len(reached) - 1) // 2]
    heard = [one for one in staying if days[one.hospital] >= half - timedelta(days=SILENT_DAYS)]
    # A hospital without a procedure in the year still counts for something, so that there is always a date.
    total = sum(max(1, one.procedures) for one in heard)
    so_far = 0
    for one in sorted(heard, key=lambda each: days[each.hospital], reverse=True):
        so_far += max(1, one.procedures)
        if OF * so_far >= ENOUGH * total:
            return days[one.hospital]
    return newest


def days_late(one: Reach, clock: date | None) -> int:
    """How many days a hospital is behind the pool; 0 = it is not late. Without any records it cannot be."""
    if clock is None or one.reached is None:
        return 0
    return max(0, (clock - one.reached).days)
