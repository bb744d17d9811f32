"""Figures by month as `summarise` would give them, for tests of what is made of them."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
from scipy import stats

from queries.catalogue.periods import Period

COLUMNS = (
    "period", "period_start", "period_end", "period_complete", "excluded_not_due", "recorded", "eligible", "numerator",
    "value", "gate",
)  # fmt: skip


def monthly(
    yes: Sequence[int],
    n: Sequence[int],
    first: date = date(2024, 1, 1),
    incomplete: int = 0,
    not_due: Sequence[int] = (),
    gates: Sequence[str] = (),
) -> pd.DataFrame:
    """A proportion by month; the last `incomplete` months are not over."""
    rows, period = [], Period(first, "month")
    for place, (x, total) in enumerate(zip(yes, n, strict=True)):
        rows.append(
            {
                "period": period.label,
                "period_start": period.start,
                "period_end": period.end,
                "period_complete": place < len(n) - incomplete,
                "excluded_not_due": not_due[place] if not_due else 0,
                "recorded": total,
                "eligible": total,
                "numerator": x,
                "value": 100 * x / total if total else float("nan"),
                "gate": gates[place] if gates else "plain",
            }
        )
        period = period.next
    return pd.DataFrame(rows, columns=list(COLUMNS))


def monthly_values(values: Sequence[float], n: Sequence[int], first: date = date(2024, 1, 1)) -> pd.DataFrame:
    """A mean or median by month, whose patients differ by one unit."""
    upper = [value + stats.t.ppf(0.975, max(total - 1, 1)) / total**0.5 for value, total in zip(values, n, strict=True)]
    return monthly(n, n, first).assign(value=list(values), numerator=pd.NA, upper=upper)
