"""Logistic regression with a ridge penalty, and how well its risks hold for cases that it was not fitted on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
ITERATIONS = 100
HALVINGS = 30
CONVERGED = 1e-10
# Without a penalty a coefficient beyond this, in standard deviations, has no end: one group is all yes or all no.
SEPARATED = 15.0
RISK_GROUPS = 5
Z = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Log odds = intercept + slopes x (fact - mean) / deviation. A fact that never varies has deviation and slope 0.

    `covariance` of intercept and slopes: the inverse of the curvature of the penalised likelihood.
    """

    intercept: float
    slopes: Floats
    means: Floats
    deviations: Floats
    covariance: Floats

    def predict(self, facts: ArrayLike) -> Floats:
        """The risk of each row of facts, 0 to 1."""
        return special.expit(self.make_design(facts) @ np.r_[self.intercept, self.slopes])

    def find_doubt(self, unit: ArrayLike, everyone: ArrayLike) -> float:
        """How far the log odds of a unit, against those of all, may be wrong because the slopes are estimates (SD).

        Rows of facts. Nothing where the unit's cases are like all.
        """
        apart = self._weighted_mean(unit) - self._weighted_mean(everyone)
        return float(np.sqrt(np.maximum(apart @ self.covariance @ apart, 0)))

    def _weighted_mean(self, facts: ArrayLike) -> Floats:
        risks = self.predict(facts)
        return np.average(self.make_design(facts), axis=0, weights=risks * (1 - risks))

    def make_design(self, facts: ArrayLike) -> Floats:
        """Rows of 1 and the standardised facts, for intercept and slopes."""
        scale = np.where(self.deviations > 0, self.deviations, 1.0)
        columns = (np.asarray(facts, float) - self.means) / scale
        return np.column_stack([np.ones(columns.shape[0]), columns])


def fit_logistic(outcomes: ArrayLike, facts: ArrayLike, penalty: float = 0.0) -> Fit | None:
    """The most likely coefficients under the penalty `penalty / 2 x sum of squared slopes`; None without a solution.

    One row of `facts` for each outcome (0 or 1), all known. Columns are standardised first (population standard
    deviation), so that the penalty means the same for each; the intercept is not penalised. At penalty 0 this is R's
    `glm`. Newton's method, each step halved until the penalised likelihood does not fall.
    """
    answers = np.asarray(outcomes, float)
    columns = np.asarray(facts, float)
    if columns.ndim != 2 or columns.shape[0] != answers.size:
        raise ValueError("facts need one row for each outcome")
    if np.isnan(columns).any() or not np.isin(answers, (0, 1)).all():
        raise ValueError("outcomes are 0 or 1, and every fact is known")
    if penalty < 0:
        raise ValueError("a penalty is not below 0")
    if not answers.size or answers.min() == answers.max():
        return None
    means, deviations = columns.mean(axis=0), columns.std(axis=0)
    # A column of equal numbers has a deviation of some last bits.
    varies = deviations > 1e-12 * np.maximum(1.0, np.abs(means))
    deviations = np.where(varies, deviations, 0.0)
    design = np.column_stack([np.ones(answers.size), (columns[:, varies] - means[varies]) / deviations[varies]])
    found = _climb(answers, design, np.r_[0.0, np.full(design.shape[1] - 1, float(penalty))])
    if found is None:
        return None
    coefficients, curvature = found
    slopes = np.zeros(columns.shape[1])
    slopes[varies] = coefficients[1:]
    covariance = np.zeros((slopes.size + 1, slopes.size + 1))
    estimated = np.r_[True, varies]
    covariance[np.ix_(estimated, estimated)] = np.linalg.inv(curvature)
    return Fit(
        intercept=float(coefficients[0]), slopes=slopes, means=means, deviations=deviations, covariance=covariance
    )


def _climb(answers: Floats, design: Floats, penalties: Floats) -> tuple[Floats, Floats] | None:
    """Coefficients at the top of the penalised likelihood, and its curvature there; None where there is no one top."""
    here = np.zeros(design.shape[1])
    share = answers.mean()
    here[0] = np.log(share / (1 - share))
    height = _likelihood(answers, design, here, penalties)
    for _ in range(ITERATIONS):
        risks = special.expit(design @ here)
        information = design.T @ (design * (risks * (1 - risks))[:, None]) + np.diag(penalties)
        if np.linalg.matrix_rank(information) < here.size:
            return None
        step = np.linalg.solve(information, design.T @ (answers - risks) - penalties * here)
        for _ in range(HALVINGS):
            reached = _likelihood(answers, design, here + step, penalties)
            # Sums of many cases are exact to some last bits only.
            if reached >= height - CONVERGED * max(1.0, abs(height)):
                break
            step = step / 2
        here, height = here + step, reached
        if not penalties.any() and np.abs(here).max() > SEPARATED:
            return None
        if np.abs(step).max() < CONVERGED:
            return here, information
    return None


def _likelihood(answers: Floats, design: Floats, coefficients: Floats, penalties: Floats) -> float:
    odds = design @ coefficients
    return float(answers @ odds - np.logaddexp(0, odds).sum() - (penalties * coefficients**2).sum() / 2)


def predict_across(outcomes: ArrayLike, facts: ArrayLike, folds: ArrayLike, penalty: float) -> Floats:
    """The risk of each case by a fit on the cases of all other folds; NaN where such a fit has no solution."""
    answers, columns, parts = np.asarray(outcomes, float), np.asarray(facts, float), np.asarray(folds)
    risks = np.full(answers.size, np.nan)
    for part in np.unique(parts):
        inside = parts == part
        fit = fit_logistic(answers[~inside], columns[~inside], penalty)
        if fit is not None:
            risks[inside] = fit.predict(columns[inside])
    return risks


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How risks held: one row a fifth of cases by risk (`cases`, `expected` and `observed` yes), and the slope.

    A slope of 1: risks spread as far as they should; below 1 they are too extreme. NaN where it cannot be told.
    """

    cases: tuple[int, ...]
    expected: tuple[float, ...]
    observed: tuple[int, ...]
    slope: float
    slope_lower: float
    slope_upper: float


def measure_calibration(outcomes: ArrayLike, risks: ArrayLike) -> Calibration:
    """Outcomes (0 or 1) against the risks that were given for them; cases without a risk (NaN) are left out."""
    answers, told = np.asarray(outcomes, float), np.asarray(risks, float)
    known = ~np.isnan(told)
    answers, told = answers[known], told[known]
    groups = np.array_split(np.argsort(told, kind="stable"), RISK_GROUPS)
    slope, reach = _slope(answers, told)
    return Calibration(
        cases=tuple(group.size for group in groups),
        expected=tuple(float(told[group].sum()) for group in groups),
        observed=tuple(int(answers[group].sum()) for group in groups),
        slope=slope,
        slope_lower=slope - reach,
        slope_upper=slope + reach,
    )


def _slope(answers: Floats, risks: Floats) -> tuple[float, float]:
    """Slope of the outcome on the log odds of the risk, and half of its 95 % interval (Wald)."""
    odds = special.logit(np.clip(risks, 1e-12, 1 - 1e-12))[:, None]
    fit = fit_logistic(answers, odds) if answers.size else None
    if fit is None or not fit.deviations[0]:
        return np.nan, np.nan
    spread = fit.predict(odds) * (1 - fit.predict(odds))
    centred = odds[:, 0] - (spread * odds[:, 0]).sum() / spread.sum()
    return float(fit.slopes[0] / fit.deviations[0]), float(Z / np.sqrt((spread * centred**2).sum()))
