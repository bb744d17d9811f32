"""The catalogue of metrics: one SQL file each, and the populations they draw on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pydantic import Field

from data.settings import read_timepoints
from queries.catalogue.sql_files import FOLDER, Header, read_sql_file

TOPICS = ("levels", "pain", "recovery", "discharge", "follow_up", "safety", "selection")
Exclusion = Literal["setting", "not_due", "died", "retreated", "baseline_missing", "baseline_below_4"]
EXCLUSIONS: tuple[Exclusion, ...] = get_args(Exclusion)

# Tables, views and parts of a query that it reads, and the parts that it names itself.
READ_FROM = re.compile(r"\b(?:from|join)\s+([a-z_][a-z_0-9]*)")
NAMED_BEFORE = re.compile(r"\b([a-z_][a-z_0-9]*) as \(\s*select\b")

# Between a metric and the number of a version.
AT = "@"

Linkable = Literal["deaths", "readmissions", "complications", "new_fractures"]
Kind = Literal["proportion", "mean", "median", "category", "count", "incidence"]


class MetricHeader(Header):
    """What a metric file says about itself.

    `followed_by`: the metric that tells of whom its events would be known. `linked`: the kinds of record that it
    counts; where a sender links all of them to a register, they would be known of everyone.
    """

    topic: Literal["levels", "pain", "recovery", "discharge", "follow_up", "safety", "selection"]
    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    kind: Kind
    unit: str = Field(min_length=1)
    better: Literal["higher", "lower", "neutral"]
    eligible: str = Field(min_length=1)
    source: str = Field(min_length=1)
    caveat: str
    version: int = Field(ge=1)
    per: Literal["timepoint"] | None = None
    followed_by: str | None = None
    linked: tuple[Linkable, ...] = ()


class CurveHeader(Header):
    """What a curve file says about itself. `counts`: those at or above each threshold, or at or below it."""

    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    counts: Literal["at_least", "at_most"]
    eligible: str = Field(min_length=1)
    source: str = Field(min_length=1)
    caveat: str
    version: int = Field(ge=1)
    per: Literal["timepoint"] | None = None


class ViewHeader(Header):
    """What a view says about itself. `excludes` is given by populations: why a procedure may not count."""

    title: str = Field(min_length=1)
    grain: str = Field(min_length=1)
    excludes: tuple[Exclusion, ...] | None = None


@dataclass(frozen=True)
class View:
    """A named query that metrics and summaries draw on."""

    name: str
    header: ViewHeader
    sql: str

    @property
    def is_population(self) -> bool:
        """Whether it tells, for each procedure, why it does not count (column `excluded_as`)."""
        return self.header.excludes is not None


@dataclass(frozen=True)
class Definition:
    """Who counts, and with which value: one SQL file, for one timepoint where it is made per timepoint.

    `sql` returns one row per eligible procedure: `procedure_id, value` (null = not recorded).
    """

    name: str
    header: "MetricHeader | CurveHeader"
    sql: str
    timepoint: str | None = None

    @property
    def title(self) -> str:
        """Short name for people."""
        return self._worded(self.header.title)

    @property
    def question(self) -> str:
        """The question it answers."""
        return self._worded(self.header.question)

    @property
    def key(self) -> str:
        """By what its answers are kept."""
        return self.name

    @property
    def unit(self) -> str:
        """Unit of `value`; proportions are in per cent."""
        return self.header.unit

    @property
    def parameters(self) -> dict[str, str]:
        """Parameters of `sql`."""
        return {} if self.timepoint is None else {"timepoint": self.timepoint}

    @property
    def followed_by(self) -> str | None:
        """The metric that tells of whom its events would be known; None = its own answers say who is known."""
        return getattr(self.header, "followed_by", None)

    @property
    def linked(self) -> tuple[Linkable, ...]:
        """The kinds of record it counts that a sender may link to a register."""
        return getattr(self.header, "linked", ())

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The views that `sql` needs, each after those it needs itself."""
        return needed_views(self.sql)

    @cached_property
    def population(self) -> View | None:
        """The population that `sql` names itself; None = its own rows are all there is."""
        named = _views_in(self.sql)
        return next((view for view in self.views if view.is_population and view.name in named), None)

    @cached_property
    def reads_outcomes_only(self) -> bool:
        """Whether `outcomes` is the only table that it is made of."""
        texts = (self.sql, *(view.sql for view in self.views))
        named = {name for text in texts for name in READ_FROM.findall(text)}
        own = {name for text in texts for name in NAMED_BEFORE.findall(text)}
        return named - own - {view.name for view in self.views} == {"outcomes"}

    @property
    def needs_pair(self) -> bool:
        """Whether its gate is the share with both baseline and score, not the share recorded."""
        excludes = self.population.header.excludes if self.population else None
        return self.timepoint is not None and "baseline_missing" in (excludes or ())

    def _worded(self, text: str) -> str:
        return text.replace("$timepoint", read_timepoints().labels[self.timepoint]) if self.timepoint else text


@dataclass(frozen=True)
class Metric(Definition):
    """A figure.

    A category metric returns `procedure_id, category`: any number of rows per procedure, one with null when not
    recorded.
    """

    header: MetricHeader

    @property
    def kind(self) -> Kind:
        """Proportion, mean, median, category, count or incidence."""
        return self.header.kind

    @property
    def has_categories(self) -> bool:
        """Whether its SQL names categories: what is counted, or how the time of a procedure ended."""
        return self.kind in ("category", "incidence")

    @property
    def statistic(self) -> str:
        """What its value is, as rows of figures name it."""
        return "aalen_johansen" if self.kind == "incidence" else self.kind

    @property
    def interval_method(self) -> str:
        """How its interval is computed; empty when it has none."""
        if self.kind in ("proportion", "category"):
            return "clopper_pearson" if self.header.topic == "safety" else "wilson"
        methods = {"mean": "t", "median": "order_statistics", "incidence": "log_log", "count": ""}
        return methods[self.kind]


@dataclass(frozen=True)
class Curve(Definition):
    """A value per procedure, shown as the share that reaches each threshold."""

    header: CurveHeader


@lru_cache
def read_views() -> dict[str, View]:
    """All views by name."""
    found = {}
    for path in sorted((FOLDER / "views").glob("*.sql")):
        header, sql = read_sql_file(path, ViewHeader)
        found[path.stem] = View(path.stem, header, sql)
    return found


def _views_in(sql: str) -> set[str]:
    return set(re.findall(r"[a-z_][a-z0-9_]*", sql)) & set(read_views())


def needed_views(sql: str) -> tuple[View, ...]:
    """The views that a query names, directly or through other views, in an order that can be executed."""
    ordered: dict[str, View] = {}

    def visit(text: str, path: tuple[str, ...]) -> None:
        for name in sorted(_views_in(text)):
            if name in path or name in ordered:
                continue
            visit(read_views()[name].sql, (*path, name))
            ordered[name] = read_views()[name]

    visit(sql, ())
    return tuple(ordered.values())


@lru_cache
def read_catalogue() -> dict[str, Metric]:
    """All metrics by name: `procedures` first, then by topic and name; per-timepoint metrics in order of time."""
    metrics = [
        metric
        for path in sorted((FOLDER / "metrics").glob("*.sql"))
        if AT not in path.stem
        for metric in read_definitions(path, MetricHeader, Metric)
    ]
    order = {metric.name: place for place, metric in enumerate(metrics)}
    metrics.sort(key=lambda one: (one.name != "procedures", TOPICS.index(one.header.topic), order[one.name]))
    return {metric.name: metric for metric in metrics}


@lru_cache
def read_curves() -> dict[str, Curve]:
    """All curves by name."""
    found = (
        curve
        for path in sorted((FOLDER / "curves").glob("*.sql"))
        for curve in read_definitions(path, CurveHeader, Curve)
    )
    return {curve.name: curve for curve in found}


Made = TypeVar("Made", bound=Definition)


def read_definitions(
    path: Path, header_kind: type[MetricHeader] | type[CurveHeader], make: type[Made], name: str = ""
) -> Iterator[Made]:
    """One definition, or one for each timepoint after the procedure. `name`: its own, where the file's is another."""
    header, sql = read_sql_file(path, header_kind)
    name = name or path.stem
    if header.per is None:
        yield make(name, header, sql)
        return
    for window in read_timepoints().after:
        yield make(f"{name}_{window.name}", header, sql, window.name)
