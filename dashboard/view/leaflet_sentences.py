"""What patients are told, and what happened: each sentence with the figure measured beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View
from data.settings import Promise, read_promises
from queries.catalogue.metrics import read_catalogue
from queries.figures.gates import FEWEST, FIRM
from queries.figures.summarise import Row
from queries.statistics.intervals import wilson

ABOUT_CHANGE = (
    "“Yes” and “no”: the whole 95 % interval lies above, or below, a half of the procedures; what “can be” holds where "
    "there is any. What the department does itself counts as done only where that is recorded. Where a sentence does "
    "not hold, look into the sentence first. Less pain is a change after treatment, not its effect: Pain relief says "
    "why."
)
YES, NO, UNSAID, UNMEASURED = "yes", "no", "cannot be said", "not measured"
HALF = 50
# The department does these itself: what is not recorded was not shown to be done.
OWN_DOING = (
    "pre_call_24_48_hours", "pre_call_one_or_two_days_before", "consultation_before", "advice_given",
    "follow_up_visit_week_1_to_2", "follow_up_visit_within_14_days",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One sentence: its versions (oldest first) and the figure of what happened; None where nothing measures it.

    `judged`: the share that tells whether it holds; `place`: its number, in the order of the leaflets.
    """

    versions: tuple[Promise, ...]
    figure: Row | None
    judged: Row | None = None
    place: int = 0

    @property
    def now(self) -> Promise:
        """The sentence as patients are told it today."""
        return self.versions[-1]

    @property
    def shown(self) -> Row | None:
        """The figure, or where nothing of it is recorded the share that judges; None where neither is."""
        return next((row for row in (self.figure, self.judged) if row is not None and row["recorded"]), None)

    @property
    def is_measured(self) -> bool:
        """Whether there is anything to show."""
        return self.shown is not None

    @property
    def verdict(self) -> tuple[str, str]:
        """Whether what is said holds, and why that cannot be said."""
        if not self.is_measured:
            return UNMEASURED, ""
        if self.judged is None:
            return UNSAID, "no figure says yes or no"
        return any_holds(self.judged) if self.now.some else most_holds(self.judged)


def read_sentences(view: View) -> list[Told]:
    """All sentences in the order of the leaflets."""
    return [
        _read_sentence(view, versions, place) for place, versions in enumerate(read_promises().versions.values(), 1)
    ]


def failing_sentences(view: View) -> list[Told]:
    """Those that do not hold. Only sentences that claim most can fail, so no figure of the others is asked for."""
    claims = [
        _read_sentence(view, versions, place)
        for place, versions in enumerate(read_promises().versions.values(), 1)
        if versions[-1].most
    ]
    return [one for one in claims if one.verdict[0] == NO]


def _read_sentence(view: View, versions: tuple[Promise, ...], place: int) -> Told:
    now = versions[-1]
    if not now.metric:
        return Told(versions, None, place=place)
    figure = view.figure(now.metric)
    judged = view.figure(now.judged_by) if now.judged_by else figure
    return Told(versions, figure, judged if now.most or now.some else None, place)


def answer_sentence(sentences: Sequence[Told]) -> str:
    """How many of the sentences hold."""
    found = [one.verdict[0] for one in sentences]
    yes, no, unsaid, unmeasured = (found.count(word) for word in (YES, NO, UNSAID, UNMEASURED))
    return (
        f"{yes} of {len(sentences)} sentences hold; {no or 'none'} {'do' if no > 1 else 'does'} not; "
        f"{unsaid} cannot be said; {unmeasured} not measured here."
    )


def measured_sentences(one: Told) -> list[str]:
    """What was measured, as sentences; the first is the main one."""
    row = one.figure
    if row is None:
        return [one.now.not_measured]
    if not one.is_measured:
        return [_nothing_recorded(row)]
    judged = _measured_words(one.judged) if one.judged and one.now.judged_by else ""
    if not row["recorded"]:
        # The share is counted from something else, which must be said beside it.
        return [line for line in (judged, not_measured(one), _measured_words(row), one.now.mind) if line]
    return [line for line in (_measured_words(row), judged, not_measured(one)) if line]


def further_sentences(view: View, one: Told) -> list[str]:
    """What stands beside the measured figure: other figures, groups, what no field holds, and what to keep in mind."""
    if one.figure is None:
        return []
    beside = [_measured_words(view.figure(name)) for name in one.now.beside if name != one.now.judged_by]
    groups = _by_group(view, one.now) if one.now.by and one.is_measured else ""
    lines = (*beside, groups, one.now.not_measured, one.now.mind)
    return [line for line in lines if line and line not in measured_sentences(one)]


def _nothing_recorded(row: Row) -> str:
    """That nothing is, by the records themselves."""
    if not row["eligible"]:
        return "Nobody counts for this yet."
    return f"Not recorded by this department: none of {row['eligible']:,}."


def metric_title(metric: str) -> str:
    """The name of a metric on screen."""
    return read_catalogue()[metric].title


def _measured_words(row: Row) -> str:
    return f"{metric_title(row['metric'])}: {_short_words(row)}."


def _short_words(row: Row) -> str:
    """A figure; of what the department does itself, who counts is what was recorded."""
    if not row["recorded"]:
        return "not recorded"
    if row["metric"] in OWN_DOING:
        known = percent_text(row["value"]) if row["gate"] in FIRM else "too few records to rate"
        unknown = f", {row['missing']:,} not recorded" if row["missing"] else ""
        return f"done for {phrases.count_of(row['numerator'], row['recorded'])} recorded ({known}){unknown}"
    within = phrases.interval_words(row)
    if row["unit"] == "%":
        counts = phrases.count_of(row["numerator"], row["recorded"])
        if row["gate"] in FIRM:
            return f"{phrases.value_words(row)} ({counts}; {within})"
        return f"{counts}; {'too few' if row['gate'] == 'counts_only' else 'too much is missing'} to give a rate"
    if row["gate"] == "counts_only":
        return f"{row['recorded']:,} recorded: too few for an average"
    middle = "half within " if row["statistic"] == "median" else "mean "
    return f"{middle}{phrases.value_words(row)}{f' ({within})' if within else ''}"


def most_holds(row: Row) -> tuple[str, str]:
    """Whether it is so for most, only when the whole interval lies on one side of a half; and why it cannot be said."""
    if row["gate"] not in FIRM:
        return UNSAID, "too few" if row["gate"] == "counts_only" else "too much is missing"
    lower, upper = row["lower"], row["upper"]
    if row["metric"] in OWN_DOING:
        lower, upper = (100 * float(end) for end in wilson(row["numerator"], row["eligible"]))
    if lower > HALF:
        return YES, ""
    return (NO, "") if upper < HALF else (UNSAID, "a half is in the interval")


def any_holds(row: Row) -> tuple[str, str]:
    """Whether there is any."""
    return (YES, "") if row["numerator"] else (UNSAID, "none yet")


def _by_group(view: View, promise: Promise) -> str:
    shown = [
        f"{phrases.value_label(row['group'], promise.by)} {phrases.value_words(row)}"
        for row in view.rows(str(promise.metric), by=promise.by)
        if row["gate"] in FIRM and row["group"] != "not_recorded"
    ]
    return f"By number: {'; '.join(shown)}." if len(shown) > 1 else ""


def not_measured(one: Told) -> str:
    """The share of those who count for whom nothing is known; empty where everyone is."""
    row = one.shown
    if row is None or not row["missing"]:
        return ""
    share = f" ({percent_text(100 * row['missing'] / row['eligible'])})" if row["eligible"] >= FEWEST else ""
    return f"not recorded: {phrases.count_of(row['missing'], row['eligible'])}{share}"


def earlier_versions(one: Told) -> list[str]:
    """What was said before, oldest first, each with the day until which it held."""
    return [
        f"Until {phrases.day_words(after.since)}: “{before.said}”"
        for before, after in zip(one.versions, one.versions[1:], strict=False)
    ]


def over_time(view: View, one: Told) -> pd.DataFrame:
    """The figure by quarter."""
    return view.whole.figures(one.shown["metric"] if one.shown else str(one.now.metric), period="quarter")


def sentence_figures(sentences: Sequence[Told]) -> list[Row]:
    """The figures behind the page, one row for each sentence that has one, and one for the share that judges it."""
    return [
        row | {"said": one.now.said, "leaflet": one.now.leaflet}
        for one in sentences
        for row in (one.figure, one.judged if one.now.judged_by else None)
        if row is not None
    ]
