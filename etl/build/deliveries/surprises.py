"""What is unlike this sender's deliveries so far. A grave surprise refuses the file unless it is accepted.

A new delivery is compared with those that were received before it from the same source; files of one load are not
compared with each other, because a sender may cut one export by site. Small deliveries are pooled with the latest ones.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from etl.build.deliveries import chance
from etl.build.deliveries.observed_facts import Delivered, pooled

What = Literal["new_site", "days_exchanged", "date_jump", "codes_unknown", "column_empty", "volume", "shift", "expect"]
FEWEST_ROWS = 10
FEWEST_DAYS = 5
# A month read the other way round lies in as many months as it has days up to the twelfth.
FIRST_MONTHS = 5
CHANCE = 1e-3
JUMP = timedelta(days=45)
UNKNOWN_RISE = 0.10
MEDIAN_SHIFT = 0.20
# A scale is another one when the high answers are at most this share of what they were, or the reverse.
SCALE_SHIFT = 0.6
# Volume is compared with about half a year.
REFERENCE_DAYS = 182
# A site is missed where so many of the latest deliveries had it.
LATEST = 3
# Rows of one kind that come together count as one: a person is asked several times.
TOGETHER = {"pain_scores": 2, "contacts": 2}
# A department does not treat on every day: a delivery reaches a little further than its first and last day.
EDGE_DAYS = 3


@dataclass(frozen=True)
class Surprise:
    """One thing that is unlike. `about` is the canonical column, `says` the words for people, without any value."""

    about: str
    what: What
    severity: Literal["grave", "mild"]
    says: str


def list_surprises(new: Delivered, deliveries: Sequence[Delivered], expects_sites: bool) -> Iterator[Surprise]:
    """What is unlike in a new delivery. `deliveries` are all of its source and kind, in order of receipt.

    `expects_sites`: the source says itself which sites there are.
    """
    before = [one for one in deliveries if one.received_at < new.received_at]
    if before and not expects_sites:
        yield from _new_sites(new, before)
    spread = max((len(_months(one.own_days)) for one in before), default=0)
    name = next(iter(new.days))
    # Three cases on the twelfth of three months are no sign of anything.
    is_enough = sum(new.own_days.values()) >= FEWEST_DAYS
    of_days = [*(_exchanged(name, new.own_days, spread) if before and is_enough else ()), *_jumps(new, before)]
    yield from of_days
    if not before or _is_older(new, before[-1]):
        return
    pool, rest = _pool(new, before)
    if rest:
        now, then = pooled(pool), pooled(rest)
        yield from _unknown_codes(new, now, then)
        yield from _empty_columns(now, then, rest)
        yield from _missing_sites(now, then, rest)
        # Where days are wrong, they do not tell how long the records took to come together.
        yield from () if of_days else _volume(pool, rest)
        yield from _shifts(now, then)


def _pool(new: Delivered, before: Sequence[Delivered]) -> tuple[list[Delivered], list[Delivered]]:
    """A delivery with the latest ones before it until there are enough rows, and those to compare them with.

    Files of the same name if there are enough of them, else all; none where nothing can be said yet.
    """
    for candidates in ([one for one in before if one.stem == new.stem], list(before)):
        pool = [new]
        while sum(one.rows for one in pool) < FEWEST_ROWS and candidates:
            pool.insert(0, candidates.pop())
        if candidates:
            return pool, candidates
    return [new], []


def _is_older(new: Delivered, last: Delivered) -> bool:
    return bool(new.own_days and last.own_days and chance.median_of(_ordinals(new)) < chance.median_of(_ordinals(last)))


def _ordinals(one: Delivered) -> Counter[float]:
    return Counter({day.toordinal(): rows for day, rows in one.own_days.items()})


def _new_sites(new: Delivered, before: Sequence[Delivered]) -> Iterator[Surprise]:
    seen = {site for one in before for site in one.sites_sent}
    strange = {site: rows for site, rows in new.sites.items() if site not in seen}
    if seen and strange:
        many = f"{len(strange)} sites" if len(strange) > 1 else "a site"
        yield Surprise(
            "site", "new_site", "grave", f"{many} that no earlier delivery had, in {_rows(sum(strange.values()))}"
        )


def judge_first_days(name: str, days: Counter[date]) -> Iterator[Surprise]:
    """Of a first delivery only its own rows speak: all of one month, once they are read the other way round."""
    if sum(days.values()) >= FEWEST_ROWS and {day.day for day in days} != {1} and len(_months(days)) >= FIRST_MONTHS:
        yield from _exchanged(name, days, spread=0, most=1)


def _exchanged(name: str, days: Counter[date], spread: int, most: int | None = None) -> Iterator[Surprise]:
    """Days and months exchanged: read the other way round, the days of the same rows lie close together.

    `spread`: months of the widest delivery before. `most`: in how many months they may lie then, by default half.
    """
    read, swapped = _months(days), _months(_swapped(days))
    if len(read) >= 3 and len(read) > spread and len(swapped) <= (most or len(read) // 2):
        yield Surprise(
            name, "days_exchanged", "grave",
            f"days spread over {len(read)} months; with day and month exchanged they lie in {len(swapped)}",
        )  # fmt: skip


def _months(days: Counter[date]) -> set[tuple[int, int]]:
    return {(day.year, day.month) for day in days}


def _swapped(days: Counter[date]) -> Counter[date]:
    """Days of which day and month may have been exchanged, exchanged back; others as they are."""
    return Counter({(date(one.year, one.day, one.month) if one.day <= 12 else one): rows for one, rows in days.items()})


def _jumps(new: Delivered, before: Sequence[Delivered]) -> Iterator[Surprise]:
    """A few rows that reach far ahead of all others: they would close windows that are still open."""
    reached = max((max(days) for one in before for days in one.days.values() if days), default=None)
    if reached is None:
        return
    for name, days in new.days.items():
        ordered = sorted(days.elements())
        few = max(1, len(ordered) // 10)
        bulk = ordered[:-few]
        if not bulk or ordered[-1] <= max(reached, bulk[-1]) + JUMP:
            continue
        usual = [reached, *(one for one in bulk if one > reached)]
        gaps = [later - earlier for earlier, later in pairwise(usual)]
        if ordered[-1] - usual[-1] > 2 * max(gaps, default=timedelta()):
            ahead = sum(one > bulk[-1] + JUMP for one in ordered)
            yield Surprise(
                name, "date_jump", "grave",
                f"{_rows(ahead)} more than {JUMP.days} days ahead of all others; the dates of the rest did not move",
            )  # fmt: skip
            return


def _unknown_codes(new: Delivered, now: Delivered, then: Delivered) -> Iterator[Surprise]:
    for name, unread in now.unread.items():
        filled, filled_before, unread_before = now.filled[name], then.filled[name], then.unread[name]
        if filled < FEWEST_ROWS or not filled_before or not new.unread[name]:
            continue
        share, share_before = unread / filled, unread_before / filled_before
        is_rare = chance.at_least(unread, filled, (unread_before + 0.5) / (filled_before + 1)) < 10 * CHANCE
        if share > share_before + UNKNOWN_RISE and is_rare:
            grave = unread == filled
            words = "all codes are unknown" if grave else f"{unread} of {filled} codes are unknown"
            yield Surprise(name, "codes_unknown", "grave" if grave else "mild", f"{words}, before {share_before:.0%}")


def _empty_columns(now: Delivered, then: Delivered, before: Sequence[Delivered]) -> Iterator[Surprise]:
    for name, filled in now.filled.items():
        was_empty = any(not one.filled[name] for one in before if one.rows >= FEWEST_ROWS)
        is_rare = (1 - then.filled[name] / then.rows) ** now.rows < CHANCE
        if not filled and then.filled[name] and not was_empty and is_rare:
            yield Surprise(name, "column_empty", "mild", "the column is empty, and never was before")


def _missing_sites(now: Delivered, then: Delivered, before: Sequence[Delivered]) -> Iterator[Surprise]:
    """Sites of which nothing came, and that each of the latest deliveries had: not so where each site sends its own."""
    for site, rows in then.sites.items():
        had_it = all(site in one.sites for one in before[-LATEST:])
        if had_it and site not in now.sites and (1 - rows / then.rows) ** now.rows < CHANCE:
            yield Surprise("site", "volume", "mild", f"no row of a site that had {rows / then.rows:.0%} of them before")


def _volume(pool: Sequence[Delivered], before: Sequence[Delivered]) -> Iterator[Surprise]:
    counted = [_per_days(pool[: place + 1], before) for place in range(len(pool))]
    rows, days = sum(one[0] for one in counted), sum(one[1] for one in counted)
    rows_before, days_before = 0, 0.0
    for place in range(len(before) - 1, -1, -1):
        if days_before >= REFERENCE_DAYS:
            break
        more, longer = _per_days(before[: place + 1], ())
        rows_before, days_before = rows_before + more, days_before + longer
    together = TOGETHER.get(pool[-1].kind, 1)
    if days and days_before and chance.rate_test(rows // together, days, rows_before // together, days_before) < CHANCE:
        name = next(iter(pool[-1].days))
        less = "fewer" if rows * days_before < rows_before * days else "more"
        usual = rows_before / days_before * days
        yield Surprise(name, "volume", "mild", f"{less} rows than usual: {rows}, usual are about {usual:.0f}")


def _per_days(parts: Sequence[Delivered], before: Sequence[Delivered]) -> tuple[int, float]:
    """Rows of the last of these that are later than all before it, and the days that they stand for."""
    days = parts[-1].own_days
    earlier = [max(one.own_days) for one in (*before, *parts[:-1]) if one.own_days]
    reached = max(earlier, default=None)
    news = {day: rows for day, rows in days.items() if reached is None or day > reached}
    if not news:
        return 0, 0
    span = (max(news) - min(news)).days + 1
    longest = max(span + EDGE_DAYS, 7)
    return sum(news.values()), span if reached is None else min((max(news) - reached).days, longest)


def _shifts(now: Delivered, then: Delivered) -> Iterator[Surprise]:
    moved = {
        name: (values, then.values[name])
        for name, values in now.values.items()
        if min(sum(values.values()), sum(then.values[name].values())) >= FEWEST_ROWS
    }
    if now.kind == "pain_scores" and _is_other_scale(moved):
        yield Surprise("score", "shift", "grave", "the scores are on another scale than before")
        return
    for name, (values, before) in moved.items():
        median, usual = chance.median_of(values), chance.median_of(before)
        if name == "alone" or abs(median - usual) <= MEDIAN_SHIFT * abs(usual):
            continue
        if chance.rank_test(before, values) < CHANCE:
            about = "score" if now.kind == "pain_scores" else name
            yield Surprise(about, "shift", "mild", f"half of the rows are at most {median:g}, before {usual:g}")


def _is_other_scale(moved: Mapping[str, tuple[Counter[float], Counter[float]]]) -> bool:
    """Whether high answers are far from what they were: pain before procedures, which is always high; else far more."""
    side = next((one for one in ("before", "after", "alone") if one in moved), None)
    if side is None:
        return False
    values, before = moved[side]
    high, usual = chance.quantile_of(values, 0.9), chance.quantile_of(before, 0.9)
    # A good week after procedures is low, and is looked at every week: chance is then the likelier reason.
    most, least = (SCALE_SHIFT, CHANCE) if side == "before" else (SCALE_SHIFT / 2, CHANCE / 10)
    is_far = high <= most * usual or usual <= most * high
    return is_far and (chance.rank_test(before, values) < least or _is_finer(values, before))


def _is_finer(values: Counter[float], before: Counter[float]) -> bool:
    """Whether answers lie between whole numbers where hardly any did before: no good week does that."""
    between, between_before = (sum(rows for one, rows in side.items() if one % 1) for side in (values, before))
    share = (between_before + 0.5) / (sum(before.values()) + 1)
    return chance.at_least(between, sum(values.values()), share) < CHANCE


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"
