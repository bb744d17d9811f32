"""How high a risk-adjusted CUSUM climbs by chance, and what it finds. Risks are as uncertain as their fit."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from queries.statistics.risk.logistic import Fit

Floats = NDArray[np.float64]
DRAWS = 1_000
SEED = 20_260_301
MOST_ROWS = 2_000
# Of departments in which nothing changed, those with a false signal on one side within so many cases.
FALSE, WITHIN = 0.05, 500


def choose_limit(fit: Fit, facts: ArrayLike, odds_ratio: float = 2) -> float:
    """The limit that either arm passes by chance in at most 5 of 100 departments within 500 cases, in tenths.

    `facts`: rows to draw cases from, those of the fit, so that the limit stays as more is loaded. The usual limits are
    for rare events: at 3.5 half of departments would have a false signal where an outcome is common.
    """
    heights = [np.quantile(arm, 1 - FALSE) for arm in simulate_heights(fit, facts, WITHIN, odds_ratio=odds_ratio)]
    return float(np.ceil(10 * max(heights)) / 10)


def simulate_heights(
    fit: Fit, facts: ArrayLike, cases: int, odds: float = 1, *, odds_ratio: float = 2
) -> tuple[Floats, Floats]:
    """How high the upper and the lower arm came within so many cases, in each of 1,000 simulated departments.

    `odds`: how many times as high the odds of yes are as when the model was fitted. Each department draws its cases
    from the rows of facts and its true coefficients from what the fit leaves open; the CUSUM believes the fit. Seeded.
    """
    known = np.asarray(facts, float)
    # Evenly spaced rows stand for very many.
    known = known[:: max(1, len(known) // MOST_ROWS)]
    design = fit.make_design(known)
    chance = np.random.default_rng(SEED)
    coefficients = chance.multivariate_normal(np.r_[fit.intercept, fit.slopes], fit.covariance, DRAWS)
    rows = chance.integers(len(design), size=(DRAWS, cases))
    true = special.expit(np.take_along_axis(coefficients @ design.T, rows, axis=1) + np.log(odds))
    yes, told = chance.random(true.shape) < true, fit.predict(known)[rows]
    upper, lower = (_highest(yes, told, ratio) for ratio in (odds_ratio, 1 / odds_ratio))
    return upper, lower


def _highest(yes: NDArray[np.bool_], risks: Floats, ratio: float) -> Floats:
    """The greatest height of each row, without starting again after a signal."""
    steps = yes * np.log(ratio) - np.log(1 - risks + ratio * risks)
    height = highest = np.zeros(yes.shape[0])
    for step in steps.T:
        height = np.maximum(0.0, height + step)
        highest = np.maximum(highest, height)
    return highest
