"""A model of expected risks, fitted on an earlier period that stays, or why there is none."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from data.settings import Setting, settings_in_force
from queries.case_mix.covariates import Facts, Terms, choose_facts, choose_terms, read_facts
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import Metric
from queries.figures.answers import metric_answers
from queries.figures.cohort import EPOCH, read_cohort
from queries.figures.gates import FIRM
from queries.figures.summarise import headline_row
from queries.statistics.risk.logistic import Calibration, Fit, fit_logistic, measure_calibration, predict_across
from queries.statistics.risk.risk_signals import choose_limit
from queries.warehouse import Warehouse

FILE = "case_mix.toml"


class CaseMix(Setting):
    """How expected risks are fitted; see the file."""

    penalty: float = Field(gt=0)
    folds: int = Field(ge=2, le=100)
    least_cases: int = Field(ge=50)
    least_events: int = Field(ge=5)
    least_months: int = Field(ge=1)
    first_day: date | None = None
    last_day: date | None = None

    @model_validator(mode="after")
    def has_both_days(self) -> "CaseMix":
        """A fixed period has two ends."""
        if (self.first_day is None) != (self.last_day is None):
            raise ValueError("give first_day and last_day, or neither")
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValueError("first_day is after last_day")
        return self


@dataclass(frozen=True, kw_only=True)
class RiskModel:
    """Expected risks of a metric. `cases` were fitted on, `yes` of them were; `left_out` lack a fact without a level.

    Of what `filters` choose from `first` to `last`, `columns` their facts; `calibration` is across folds, so of cases
    that each fit had not seen.
    """

    metric: Metric
    filters: Filters
    terms: Terms
    fit: Fit
    settings: CaseMix
    first: date
    last: date
    cases: int
    yes: int
    left_out: int
    columns: np.ndarray
    calibration: Calibration

    @cached_property
    def signal_limit(self) -> float:
        """The limit of a CUSUM against these risks, for odds twice and half as high."""
        return choose_limit(self.fit, self.columns)

    def predict(self, facts: Facts, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Columns and risks of these procedures; the risk is NaN where a fact is missing that has no level here."""
        fill = dict(zip(self.terms.names, self.fit.means.tolist(), strict=True))
        columns, tellable = self.terms.make_columns(facts, places, fill)
        return columns, np.where(tellable, self.fit.predict(columns), np.nan)


@dataclass(frozen=True, kw_only=True)
class TooFew:
    """Why there is no model: too few `cases` before the period shown, too few `events`, too much missing, or no fit.

    `cases` and `events` (of the rarer answer) are there up to `last`; `least_events` are needed for the coefficients.
    """

    reason: Literal["cases", "events", "missing", "fit"]
    cases: int
    events: int
    least_cases: int
    least_events: int
    last: date | None


def read_settings() -> CaseMix:
    """The settings in force."""
    return settings_in_force(FILE, CaseMix)


def find_model(warehouse: Warehouse, metric: Metric, filters: Filters, before: date) -> RiskModel | TooFew:
    """The model of a metric for the procedures that `filters` (without days) choose, all of it before a day."""
    settings = read_settings()
    key = ("case mix", metric.name, filters.to_text(), before.isoformat(), settings.model_dump_json())
    return warehouse.remember(key, lambda: _find_model(warehouse, metric, filters, before, settings))


@dataclass(frozen=True)
class _Recorded:
    """Recorded cases in order of date: places among all procedures, their days, and answers."""

    places: np.ndarray
    days: np.ndarray
    yes: np.ndarray


def _find_model(
    warehouse: Warehouse, metric: Metric, filters: Filters, before: date, settings: CaseMix
) -> RiskModel | TooFew:
    facts = read_facts(warehouse)
    known = _read_recorded(warehouse, metric, filters)
    found: RiskModel | TooFew | None = None
    for first, last in _possible_periods(settings, known, before):
        inside = (known.days >= first.toordinal()) & (known.days <= last.toordinal())
        part = _Recorded(known.places[inside], known.days[inside], known.yes[inside])
        terms = choose_terms(facts, choose_facts(metric), part.places)
        too_few = _count_short(settings, terms, facts, part, last)
        if too_few is None:
            gate = headline_row(warehouse, metric, replace(filters, date_from=first, date_to=last))["gate"]
            made = _fit_model(
                warehouse, metric, filters, settings=settings, terms=terms, part=part, period=(first, last)
            )
            return made if gate in FIRM else replace(_as_too_few(made, settings, terms), reason="missing")
        found = too_few
    least = settings.least_events * (1 + len(choose_facts(metric)))
    return found or TooFew(
        reason="cases", cases=0, events=0, least_cases=settings.least_cases, least_events=least, last=None
    )


def _read_recorded(warehouse: Warehouse, metric: Metric, filters: Filters) -> _Recorded:
    whole, answers = read_cohort(warehouse), metric_answers(warehouse, metric)
    places = np.flatnonzero(whole.chosen(filters) & answers.recorded)
    places = places[np.argsort(whole.days[places], kind="stable")]
    return _Recorded(places, whole.days[places] + EPOCH.toordinal(), (answers.value[places] > 0).astype(int))


def _possible_periods(settings: CaseMix, known: _Recorded, before: date) -> list[tuple[date, date]]:
    """Periods to fit on, the shortest first: from the first recorded case to the end of a month before the day."""
    if settings.first_day and settings.last_day:
        return [(settings.first_day, settings.last_day)] if settings.last_day < before else []
    if not known.days.size:
        return []
    first = date.fromordinal(int(known.days[0])).replace(day=1)
    found, months = [], 1
    while (last := _months_after(first, months) - timedelta(days=1)) < before:
        if months >= settings.least_months:
            found.append((first, last))
        months += 1
    return found


def _months_after(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _count_short(settings: CaseMix, terms: Terms, facts: Facts, part: _Recorded, last: date) -> TooFew | None:
    """What is missing for a fit on these cases; None where nothing is."""
    _, tellable = terms.make_columns(facts, part.places, {})
    cases, yes = int(tellable.sum()), int(part.yes[tellable].sum())
    events, least = min(yes, cases - yes), settings.least_events * (1 + len(terms.names))
    reason: Literal["cases", "events"] = "cases" if cases < settings.least_cases else "events"
    if cases >= settings.least_cases and events >= least:
        return None
    return TooFew(
        reason=reason, cases=cases, events=events, least_cases=settings.least_cases, least_events=least, last=last
    )


def _as_too_few(made: "RiskModel | TooFew", settings: CaseMix, terms: Terms) -> TooFew:
    if isinstance(made, TooFew):
        return made
    return TooFew(
        reason="missing", cases=made.cases, events=min(made.yes, made.cases - made.yes), last=made.last,
        least_cases=settings.least_cases, least_events=settings.least_events * (1 + len(terms.names)),
    )  # fmt: skip


def _fit_model(
    warehouse: Warehouse,
    metric: Metric,
    filters: Filters,
    *,
    settings: CaseMix,
    terms: Terms,
    part: _Recorded,
    period: tuple[date, date],
) -> RiskModel | TooFew:
    facts = read_facts(warehouse)
    _, tellable = terms.make_columns(facts, part.places, {})
    places, yes = part.places[tellable], part.yes[tellable]
    fill = {name: _mean_recorded(facts[name][places]) for name in terms.facts if name in terms.names}
    columns, _ = terms.make_columns(facts, places, fill)
    fit = fit_logistic(yes, columns, settings.penalty)
    if fit is None:
        events = int(min(yes.sum(), yes.size - yes.sum()))
        return TooFew(reason="fit", cases=yes.size, events=events, least_cases=0, least_events=0, last=period[1])
    folds = assign_folds(_read_keys(warehouse, places), settings.folds)
    return RiskModel(
        metric=metric, filters=filters, terms=terms, fit=fit, settings=settings, first=period[0], last=period[1],
        cases=yes.size, yes=int(yes.sum()), left_out=int((~tellable).sum()), columns=columns,
        calibration=measure_calibration(yes, predict_across(yes, columns, folds, settings.penalty)),
    )  # fmt: skip


def _mean_recorded(values: np.ndarray) -> float:
    known = values[values >= 0]
    return float(known.mean(dtype=float)) if known.size else 0.0


def _read_keys(warehouse: Warehouse, places: np.ndarray) -> list[str]:
    numbers = places + 1
    rows = warehouse.rows(
        "select outcome_no, cast(procedure_id as varchar) from outcomes where outcome_no between $first and $last",
        {"first": int(numbers.min()), "last": int(numbers.max())},
    )
    keys = dict(rows)
    return [keys[number] for number in numbers.tolist()]


def assign_folds(keys: list[str], folds: int) -> np.ndarray:
    """The fold of each procedure by a hash of its key: the same on every machine, whoever else is there."""
    return np.array([int(hashlib.sha256(key.encode()).hexdigest(), 16) % folds for key in keys])
