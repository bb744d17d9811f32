"""What is compared, and the tables that say how units differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from dashboard.pages.overview.differences import differing_sites
from dashboard.pages.overview.site_table import HEADS, MARK, unit_cells
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View
from queries.catalogue.filters import NOT_RECORDED, Filters
from queries.catalogue.spans import USUAL_AGAINST, Days, days_before
from queries.figures.gates import FEWEST
from queries.trends.comparison import POOLED, Comparison

LOOK_INTO_FIRST = """
What to look into first, in this order, before anyone's skill:

1. **The data**: are missing answers, late entries or other habits of recording behind it?
2. **Who is treated**: age, ASA class, number of vertebrae and indication differ between units; see the table below.
3. **The pathway**: start times, beds, transport, what patients are told.
"""
# So many units are named in a sentence.
MOST_NAMED = 3
MIX = (
    ("age_band", ("80–89", "90+"), "80 or older"),
    ("asa_class", ("3", "4", "5"), "ASA 3–5"),
    ("levels", ("2", "3", "4+"), "more than one vertebra"),
    ("indication", ("osteoporotic",), "osteoporotic"),
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is compared; the view that holds just the days compared, and `around`, the page's own.

    `other`: the days that a reader chose to compare the span with.
    """

    metric: str
    by: str
    view: View
    peers: tuple[str, ...]
    around: View
    other: Days | None = None


def span_filters(asked: Asked) -> dict[str, Filters]:
    """Where periods are compared, the filters of each by its days, the earlier first.

    The other period is the one that the reader chose, else that of the bar, else as long before.
    """
    mine = asked.view.filters
    days = (mine.date_from, mine.date_to)
    other = asked.other or days_before(days, asked.around.span.against) or days_before(days, USUAL_AGAINST)
    found = [asked.view, *([asked.around.within(other)] if other else [])]
    found.sort(key=lambda one: (one.filters.date_from or date.min, one.filters.date_to or date.max))
    return {_days_words(one.filters): one.filters for one in found}


def _days_words(filters: Filters) -> str:
    first, last = filters.date_from, filters.date_to
    begins, ends = phrases.day_words(first) if first else "first", phrases.day_words(last) if last else "last"
    return f"{begins} to {ends}"


def differences_table(found: Comparison) -> pd.DataFrame:
    """Each unit's difference to all the others together, for people."""
    rows = found.units
    said = [
        f"{one.difference:+.0f} points ({one.difference_lower:+.0f} to {one.difference_upper:+.0f})"
        for one in rows.itertuples()
    ]
    counts = [phrases.count_of(x, n) for x, n in zip(rows["numerator"], rows["recorded"], strict=True)]
    return pd.DataFrame(
        {
            "": rows["label"],
            "yes of recorded": counts,
            "difference to the others": [text.replace("-", "−") for text in said],
        }
    )


def with_headlines(asked: Asked, table: pd.DataFrame) -> pd.DataFrame:
    """The same, and of each site or operator the headline figures of the page's period, as on Overview."""
    if asked.by == "period":
        return table
    differences = [one for one in differing_sites(asked.around) if one.key == asked.by]
    cells = {phrases.value_label(unit, asked.by): row for unit, row in unit_cells(asked.around, differences, asked.by)}
    shown = [cells.get(unit, ("",) * len(HEADS)) for unit in table[""]]
    headed = table.rename(columns={"": f"{MARK} differs"}) if differences else table
    return headed.assign(**dict(zip(HEADS, map(list, zip(*shown, strict=True)), strict=True)))


def case_mix(asked: Asked, labels: Sequence[str]) -> pd.DataFrame:
    """Shares of what may explain a difference, by unit: of those where it is recorded."""
    rows = []
    for unit in labels:
        narrowed = replace(asked.view, filters=asked.view.filters.with_values(asked.by, (unit,)))
        row = {"": phrases.value_label(unit, asked.by), "procedures": f"{narrowed.figure('procedures')['eligible']:,}"}
        for key, picked, title in MIX:
            counts = {one["group"]: one["eligible"] for one in narrowed.rows("procedures", by=key)}
            total = sum(count for group, count in counts.items() if group != NOT_RECORDED)
            share = sum(counts.get(group, 0) for group in picked)
            counts_alone = phrases.count_of(share, total) if total else "not recorded"
            row[title] = counts_alone if total < FEWEST else f"{counts_alone} ({percent_text(100 * share / total)})"
        rows.append(row)
    return pd.DataFrame(rows)


def leading_columns(asked: Asked, found: Comparison) -> Comparison:
    """The same with the metric and, where a unit is one group, the group: with `shows` a click finds its procedures."""
    grouped = asked.by != "period"
    groups = [one if grouped and not one.startswith(POOLED) else None for one in found.units["label"]]
    return replace(found, units=found.units.assign(metric=asked.metric, group=pd.Series(groups, dtype=object)))


def name_units(found: Comparison, by: str) -> Comparison:
    """The same with units under their names for people."""
    labels = [phrases.value_label(one, by) for one in found.units["label"]]
    return replace(found, units=found.units.assign(label=np.array(labels, dtype=object)))


def share_words(units: pd.DataFrame, by: str) -> str:
    """The units' shares: `Northfield 61 %, Riverside 92 %`; of many only from where to where."""
    if len(units) > MOST_NAMED:
        return f"from {percent_text(units['value'].min())} to {percent_text(units['value'].max())}"
    names = [phrases.value_label(one, by) for one in units["label"]]
    return ", ".join(f"{name} {percent_text(value)}" for name, value in zip(names, units["value"], strict=True))


def unit_names(units: Iterable[str], by: str) -> str:
    """Units by name, as a part of a sentence."""
    return phrases.join_words([phrases.value_label(one, by) for one in units])
