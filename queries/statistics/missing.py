"""What those without an answer could change."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from queries.statistics.columns import together
from queries.statistics.risk.logistic import fit_logistic

Floats = NDArray[np.float64]
# Weights beyond these centiles are set to them; centiles are weights that occur, so few patients are left as they are.
TRUNCATED = (0.01, 0.99)
SAME = 1e-9


def bounds(yes: ArrayLike, recorded: ArrayLike, possible: ArrayLike) -> tuple[Any, Any]:
    """The rate had everyone without an answer said no, and yes; 0 to 1, NaN where nobody is possible.

    NaN also where more say yes than answer, or more answer than are possible.
    """
    said_yes, answered, whole = together(yes, recorded, possible)
    can_be = (whole > 0) & (said_yes >= 0) & (said_yes <= answered) & (answered <= whole)
    rates = [
        np.divide(part, whole, out=np.full(whole.shape, np.nan), where=can_be)
        for part in (said_yes, said_yes + whole - answered)
    ]
    return (rates[0].item(), rates[1].item()) if whole.ndim == 0 else (rates[0], rates[1])


@dataclass(frozen=True)
class TippingPoint:
    """How many of the `missing` must have given one `answer` for the rate to cross a line; None: all are too few.

    `answer` no: the rate is above the line, and with `needed` no it would be on it or below. `answer` yes: it is on the
    line or below, and with `needed` yes it would be above.
    """

    answer: Literal["yes", "no"]
    needed: int | None
    missing: int


def find_tipping_point(yes: int, recorded: int, possible: int, line: float = 0.5) -> TippingPoint | None:
    """What those without an answer would have to say to move the rate of all `possible` across `line` (0 to 1).

    All others of the missing are taken to say the opposite. None where nobody answered or nobody is missing, and for
    counts that cannot be.
    """
    if not 0 <= yes <= recorded < possible or not recorded:
        return None
    missing = possible - recorded
    # The most that may say yes on the line or below; 0.29 of 100 is 29 but for the last bits of the product.
    at_line = int(line * possible + SAME)
    is_above = yes / recorded > line
    needed = yes + missing - at_line if is_above else at_line + 1 - yes
    return TippingPoint("no" if is_above else "yes", needed if needed <= missing else None, missing)


def inverse_probability(yes: ArrayLike, observed: ArrayLike, covariates: ArrayLike) -> tuple[float, float]:
    """`(estimate, effective_n)`: the mean of `yes` among the observed, weighted by the inverse of their chance to be.

    One row per patient; `covariates` has one column per fact, all known (`ValueError` otherwise). `yes` may be any
    number and is ignored where not observed. Chances by logistic regression, Hajek weights, truncated. It assumes that
    within equal covariates it is chance who answers. NaN where nobody is observed or the regression has no solution.
    """
    answered, observation = together(yes, observed)
    seen = observation > 0
    if not seen.size:
        return np.nan, np.nan
    facts = np.asarray(covariates, float)
    facts = facts.reshape(-1, 1) if facts.ndim < 2 else facts
    facts = facts.T if facts.shape[0] != seen.size else facts
    if facts.shape[0] != seen.size or np.isnan(facts).any():
        raise ValueError("covariates need one known value per patient")
    if not seen.any():
        return np.nan, np.nan
    chance = _chances(seen, facts)
    if chance is None:
        return np.nan, np.nan
    weights = 1 / chance[seen]
    weights = np.clip(weights, *np.quantile(weights, TRUNCATED, method="inverted_cdf"))
    answers = answered[seen]
    estimate = float((weights * answers).sum() / weights.sum())
    return estimate, float(weights.sum() ** 2 / (weights**2).sum())


def _chances(seen: NDArray[np.bool_], facts: Floats) -> Floats | None:
    """Fitted chances to be observed; None without a solution."""
    if seen.all():
        return np.ones(seen.size)
    fit = fit_logistic(seen, facts)
    return None if fit is None else fit.predict(facts)
