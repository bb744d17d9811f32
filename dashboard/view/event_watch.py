"""Serious events and deaths watched case by case: against which rate, what a signal is worth, and what was found."""

from dataclasses import dataclass

import numpy as np

from dashboard.access.rights import requires
from dashboard.text import phrases
from dashboard.view.reader_view import View, warehouse_of
from data.settings import read_targets
from queries.catalogue.metrics import read_catalogue
from queries.figures.gates import FIRM
from queries.statistics import cusum
from queries.trends.case_sequences import Cases, cases_in_order

HEADLINE = "serious_or_death_30_days"
OWN_CASES, OWN_EVENTS = 100, 5
ODDS, LIMIT = 2.0, 3.5
FALSE_WITHIN, FOUND_WITHIN = 500, 300


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Cases in order, and the CUSUM over them. `found` is None where there is nothing to watch against yet.

    `has_lower`: whether fewer events than expected are watched for as well; `chances`: what would be found, and how
    often a signal is false.
    """

    cases: Cases
    found: cusum.Cusum | None
    has_lower: bool
    subtitle: str
    chances: str
    told: str


@dataclass(frozen=True)
class Expected:
    """The rate to watch against, 0 to 1, NaN without one; the own events and cases it rests on, None = it was set.

    `source` says where it is from, or why there is none; `than` names it in a comparison.
    """

    rate: float
    rests_on: tuple[int, int] | None
    source: str
    than: str = ""


@requires("exact_figures")
def watch_events(view: View) -> Watched | None:
    """Serious events and deaths case by case; None where fewer than 60 % are known to be followed up."""
    if view.figure(HEADLINE)["gate"] not in FIRM:
        return None
    cases = cases_in_order(warehouse_of(view), read_catalogue()[HEADLINE], view.whole.filters)
    against = _expected_rate(cases)
    if not 0 < against.rate < 1:
        return Watched(cases=cases, found=None, has_lower=False, subtitle="", chances="", told=against.source)
    found = cusum.bernoulli(cases.events, against.rate, ODDS, LIMIT)
    has_lower = cusum.has_lower_arm(against.rests_on[0] if against.rests_on else None)
    return Watched(
        cases=cases,
        found=found,
        has_lower=has_lower,
        subtitle=_watched_words(against, has_lower),
        chances=f"{_findable_words(against)} {_chances_words(against, has_lower)}",
        told=_cusum_sentence(found, against, cases, has_lower),
    )


def _expected_rate(cases: Cases) -> Expected:
    """The rate to watch against: the department's target, else its own first cases; and where it is from."""
    target = read_targets().targets.get(HEADLINE)
    if target is not None:
        return Expected(
            target.value / 100, None, f"set by {target.set_by}", f"the {target.value:g} % set by {target.set_by}"
        )
    events = np.cumsum(cases.events)
    enough = np.flatnonzero(events >= OWN_EVENTS)
    first = max(OWN_CASES, int(enough[0]) + 1) if enough.size else cases.events.size + 1
    if first > cases.events.size:
        so_far = int(events[-1]) if events.size else 0
        return Expected(
            np.nan,
            None,
            f"Whether events become more frequent cannot be watched yet: that needs {OWN_CASES} cases "
            f"with {OWN_EVENTS} events, or a target in data/settings/targets.toml. So far {so_far} in "
            f"{cases.events.size:,}.",
        )
    own = int(events[first - 1])
    return Expected(
        own / first,
        (own, first),
        f"{own} in the first {first:,} cases, itself uncertain",
        f"in the first {first:,} cases",
    )


def _watched_words(against: Expected, has_lower: bool) -> str:
    """What is watched for."""
    odds = "doubled or halved" if has_lower else "doubled"
    return f"Watched against {100 * against.rate:.1f} % ({against.source}), for {odds} odds"


def _chances_words(against: Expected, has_lower: bool) -> str:
    """How often a signal comes though nothing changed."""
    chances = cusum.estimate_signal_chances(
        against.rate, FALSE_WITHIN, rests_on=against.rests_on, odds_ratio=ODDS, limit=LIMIT
    )
    upper, lower = (f"{100 * chance:.0f}" for chance in chances)
    falsely = f"more often in {upper}, less often in {lower}" if has_lower else f"in {upper}"
    return f"Where nothing changed, a false signal would be seen within {FALSE_WITHIN} cases {falsely} of 100."


def _cusum_sentence(found: cusum.Cusum, against: Expected, cases: Cases, has_lower: bool) -> str:
    """The signals; without one, that there is none, against what."""
    parts = []
    for signals, side in ((found.signals_up, "more often"), (found.signals_down if has_lower else [], "less often")):
        if signals:
            when = phrases.join_words([phrases.month_words(cases.days[place]) for place in signals])
            parts.append(f"Events came {side} than expected: signal in {when}.")
    if parts:
        return " ".join(parts)
    sides = "more or less often" if has_lower else "more often"
    return f"No sign that they come {sides} than {against.than}."


def _findable_words(against: Expected) -> str:
    """What would be found if events became more frequent."""
    doubled, _ = cusum.estimate_signal_chances(
        against.rate, FOUND_WITHIN, ODDS, against.rests_on, odds_ratio=ODDS, limit=LIMIT
    )
    return f"A doubling would be found within {FOUND_WITHIN} cases in {100 * doubled:.0f} of 100 such departments."
