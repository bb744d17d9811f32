"""What a card's number is held against: the department's target, else peers, else what patients are told."""

from typing import NamedTuple

from dashboard.journal.targets import target_of
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.leaflet_sentences import NO, UNSAID, YES, most_holds
from dashboard.view.reader_view import View
from data.settings import read_promises
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.published_trials import published_groups
from queries.figures.gates import TargetState, first_judged_month, judge_target
from queries.figures.summarise import Row

PERCENT = 100
TOLD_WORDS = {YES: "✓ leaflet holds", NO: "✗ leaflet does not hold", UNSAID: "? leaflet: cannot be said"}


class Yardstick(NamedTuple):
    """In a few words, and on hover by which rule; both empty where there is none."""

    words: str = ""
    rule: str = ""


def choose_yardstick(view: View, metric: str, row: Row) -> Yardstick:
    """The target, or from when on it is judged; without one peers of this population; else what is told."""
    state = target_state(view, metric)
    if state is not None:
        return Yardstick(phrases.TARGET_WORDS[state], "the whole 95 % interval of the period against the target")
    if target := target_of(metric):
        begins = phrases.month_words(first_judged_month(target.since))
        return Yardstick(f"target from {begins}", "first judged when that month is closed")
    return _peer_yardstick(view, metric) or _told_yardstick(metric, row) or Yardstick()


def target_state(view: View, metric: str) -> TargetState | None:
    """The target judged over the whole months of the period since it was set; None without a target for them."""
    target = target_of(metric)
    if target is None:
        return None
    mine = view.filters_of(metric)
    since = first_judged_month(target.since)
    first = max(since, mine.date_from) if mine.date_from else since
    last = mine.date_to or view.info.as_of
    if last is None or first > last:
        return None
    row = view.within((first, mine.date_to)).figure(metric)
    return judge_target(row, target.value, read_catalogue()[metric].header.better)


def _peer_yardstick(view: View, metric: str) -> Yardstick | None:
    """Published or peer figures of this definition, and of the very population that is shown."""
    alike = [one for one in published_groups((metric,)) if one.narrow_filters(view.filters) == view.filters]
    shares = [PERCENT * (one.treated_numerator or 0) / (one.treated_denominator or 1) for one in alike]
    if not shares:
        return None
    ends = dict.fromkeys(percent_text(share) for share in (min(shares), max(shares)))
    rule = "; ".join(f"{one.study} ({one.date}): {one.source}" for one in alike)
    return Yardstick(f"elsewhere {' to '.join(ends)}", f"same definition and population; no target. {rule}")


def _told_yardstick(metric: str, row: Row) -> Yardstick | None:
    """Whether a sentence for patients holds that this very figure judges; the same rule as on the leaflets' page."""
    told = [versions[-1] for versions in read_promises().versions.values()]
    judged = [one.said for one in told if one.most and (one.judged_by or one.metric) == metric]
    if not judged or not row["recorded"]:
        return None
    answer, why = most_holds(row)
    rule = f"“{judged[0]}”: holds where the whole 95 % interval lies above a half"
    return Yardstick(f"{TOLD_WORDS[answer]}{f' ({why})' if why else ''}", rule)
