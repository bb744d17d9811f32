"""The methods page's content, generated from the catalogue and the settings: nothing is written twice."""

from dataclasses import dataclass

from dashboard.text import phrases
from dashboard.text.glossary import GROUPS, TERMS
from data.settings import read_disclosure, read_timepoints
from queries.catalogue.metric_versions import EarlierHeader, earlier_versions
from queries.catalogue.metrics import Metric, read_catalogue
from queries.figures.gates import CAUTION_FROM, FEWEST, PLAIN_FROM
from queries.warehouse import SCHEMA_VERSION

INTRODUCTION = (
    "A figure counts procedures, not patients: several vertebrae treated in one session are one procedure. Every "
    "figure says how many could count and how many of these are recorded; what is missing is never taken as zero. "
    "Below, each figure has its exact definition: the SQL is what runs."
)
OWN_DEPARTMENT_SEES = {"exact": "exact numbers", "suppressed": "small numbers hidden, as for readers outside"}
TOPIC_TITLES = {
    "levels": "Levels treated",
    "pain": "Pain relief",
    "recovery": "Recovery and times",
    "discharge": "Discharge",
    "follow_up": "Follow-up and process",
    "safety": "Safety",
    "selection": "Selection",
}
BETTER = {"higher": "higher is better", "lower": "lower is better", "neutral": "neither direction is better"}
KINDS = {
    "proportion": "share, in per cent",
    "mean": "mean",
    "median": "median",
    "category": "distribution over categories",
    "count": "count",
    "incidence": "cumulative incidence (Aalen–Johansen), in per cent",
}
INTERVALS = {
    "wilson": "Wilson 95 % interval",
    "clopper_pearson": "exact (Clopper–Pearson) 95 % interval",
    "t": "95 % interval of the mean (t)",
    "order_statistics": "95 % interval of the median by order statistics, from six values on",
    "log_log": "95 % interval on the log-log scale",
    "": "no interval",
}


@dataclass(frozen=True)
class Earlier:
    """A version that held before: until when, what the next one does otherwise, and its SQL."""

    text: str
    sql: str


@dataclass(frozen=True)
class Entry:
    """One definition: a metric file, with the timepoints it is made for, and its earlier versions, newest first."""

    file: str
    title: str
    text: str
    sql: str
    history: tuple["Earlier", ...] = ()


def topic_entries(topic: str) -> list[Entry]:
    """The definitions of a topic, in the order of the catalogue."""
    by_file: dict[str, list[Metric]] = {}
    for metric in read_catalogue().values():
        if metric.header.topic == topic:
            file = metric.name.removesuffix(f"_{metric.timepoint}") if metric.timepoint else metric.name
            by_file.setdefault(file, []).append(metric)
    return [_make_entry(file, metrics) for file, metrics in by_file.items()]


def definition_line(metric: Metric) -> str:
    """What a figure asks, who counts, and what to mind, in one line."""
    header = metric.header
    mind = f" {header.caveat}" if header.caveat else ""
    eligible = header.eligible[:1].upper() + header.eligible[1:]
    return f"{metric.question} Counted: {eligible}.{mind}"


def _make_entry(file: str, metrics: list[Metric]) -> Entry:
    first = metrics[0]
    header = first.header
    several = "each timepoint" if first.timepoint else ""
    shown = "; ".join(
        (f"{KINDS[first.kind]}, in {header.unit}", INTERVALS[first.interval_method], BETTER[header.better])
    )
    names = ", ".join(f"`{metric.name}`" for metric in metrics)
    lines = [
        f"**{header.question.replace('$timepoint', several)}**",
        f"- Who counts: {header.eligible}.",
        f"- What is shown: {shown}.",
        f"- Source: {header.source}.",
        f"- Mind: {header.caveat}" if header.caveat else "",
        f"- Definition version {header.version}; name{'s' if len(metrics) > 1 else ''} in files: {names}.",
    ]
    views = "\n\n".join(f"-- {view.name}: {view.header.title}\n{view.sql}" for view in first.views)
    sql = f"{views}\n\n-- {file}\n{first.sql}" if views else first.sql
    text = "\n".join(line for line in lines if line)
    return Entry(file, header.title.replace("$timepoint", several), text, sql, _history_of(first))


def _history_of(metric: Metric) -> tuple[Earlier, ...]:
    """The earlier versions of a metric's file, in words and SQL."""
    told = []
    for one in earlier_versions(metric.name):
        header = one.header
        assert isinstance(header, EarlierHeader)
        text = (
            f"**Version {header.version}, until {phrases.day_words(header.until)}.** Since then: {header.changed} "
            f"`{one.name}` computes it still (`python -m dashboard export {one.name}`)."
        )
        told.append(Earlier(text, one.sql))
    return tuple(told)


def glossary_text() -> str:
    """The glossary as Markdown, in its groups."""
    return "\n\n".join(
        "\n".join((f"### {title}", *(f"- **{term}**: {TERMS[term][1]}" for term in terms)))
        for title, terms in GROUPS.items()
    )


def _time_words(hours: float) -> str:
    """Whole days from four days on: `48 hours`, `10 days`, `91 days`."""
    return f"{hours / 24:.0f} days" if hours >= 96 and hours % 24 == 0 else f"{hours:.0f} hours"


def settings_in_force() -> list[tuple[str, str]]:
    """Settings that decide figures."""
    windows, rule = read_timepoints(), read_disclosure().in_force
    rows = [("baseline", f"up to {windows.baseline.lookback_days} days before the start")]
    rows += [
        (window.label, f"day {window.first_day} to {window.last_day}, nearest to {_time_words(window.target_hours)}")
        for window in windows.after
    ]
    rows += [
        ("plain figures", f"from {PLAIN_FROM:.0%} recorded"),
        ("figures with caution", f"from {CAUTION_FROM:.0%} recorded"),
        ("figures that stand alone", f"from {FEWEST} recorded"),
        ("for readers outside the department", f"{rule.title}; {rule.zeros_words}"),
        ("for the department's own quality role", OWN_DEPARTMENT_SEES[read_disclosure().own_department]),
        ("shape of the warehouse", f"version {SCHEMA_VERSION}"),
    ]
    return rows
