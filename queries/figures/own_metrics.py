"""A hospital's own metrics: `settings/metrics/NAME.sql` in its home, written as ours are, shown as `ours.toml` says.

Their SQL is read before it runs: one select, of the tables of a generation and our views alone, no function that makes
rows. It runs where ours does (read-only, no file, no network), for some seconds at most, and its rows are looked at
before they are counted. What is wrong with one is told of that one alone.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from data.errors import UsageProblem
from data.settings import Setting
from data.storage.settings_files import read_toml
from queries.catalogue.filters import HOSPITAL, KEYS
from queries.catalogue.metrics import (
    Metric,
    MetricHeader,
    ViewHeader,
    needed_views,
    read_catalogue,
    read_curves,
    read_definitions,
    read_views,
)
from queries.catalogue.plain_select import admit_select
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.engines.duck import SQL_MISTAKES, QueryFailure
from queries.warehouse import Warehouse

FILE, METRICS = "ours.toml", "metrics"
NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
SECOND = ".second"
MOST_FILES, MOST_BYTES, MOST_CATEGORIES = 40, 100_000, 40
SECONDS = 10.0
# Records and what is made of them; not files, rejected rows and remarks, which hold text as senders wrote it.
TABLES = (
    "outcomes", "pain_outcomes", "procedures", "patients", "treated_levels", "pain_scores", "score_assignments",
    "complications", "contacts",
)  # fmt: skip
# Whoever may not see the names of operators would see them in a category or in the SQL shown.
CLOSED = ("operator",)
OVER_TIME, NUMBER = "over time", "number"
KINDS = ("proportion", "mean", "median", "count", "category")


class Line(Setting):
    """A line of `ours.toml`: which metric, under which title, as which chart. Its place is the place on the page."""

    name: str = Field(min_length=1)
    title: str = ""
    chart: str = ""


class Lines(Setting):
    """All of `ours.toml`."""

    metric: tuple[Line, ...] = ()


@dataclass(frozen=True)
class OwnMetric(Metric):
    """A metric of the hospital. `second`: another SQL for the same answers, None without one."""

    second: str | None = None
    shown_title: str = ""
    chart: str = OVER_TIME

    @property
    def title(self) -> str:
        """As `ours.toml` says, else as the file itself."""
        return self._worded(self.shown_title or self.header.title)

    @property
    def key(self) -> str:
        """Changed SQL is asked anew, whatever its name."""
        return f"{self.name}#{hashlib.sha256(self.sql.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Own:
    """What a home holds: its metrics in the order of the page, and what is wrong with the others."""

    metrics: tuple[OwnMetric, ...]
    mistakes: tuple[UsageProblem, ...]


def has_own(settings: Path) -> bool:
    """Whether a home's settings hold any metric of its own, right or wrong."""
    return any((settings / METRICS).glob("*.sql"))


def read_own(settings: Path) -> Own:
    """The metrics of a home's settings. A file that is wrong is told as such and keeps no other one away."""
    paths = [path for path in sorted((settings / METRICS).glob("*.sql")) if not path.stem.endswith(SECOND)]
    found: dict[str, list[OwnMetric]] = {}
    mistakes = []
    try:
        lines = _read_lines(settings / FILE, {path.stem for path in paths})
    except UsageProblem as problem:
        lines, mistakes = {}, [problem]
    for path in paths[:MOST_FILES]:
        try:
            found[path.stem] = list(_read_file(path, lines.get(path.stem, Line(name=path.stem))))
        except UsageProblem as problem:
            mistakes.append(problem)
    if len(paths) > MOST_FILES:
        mistakes.append(
            UsageProblem(f"settings/{METRICS}", f"more than {MOST_FILES} metrics", "Take those away that nobody reads")
        )
    order = [*(name for name in lines if name in found), *(name for name in found if name not in lines)]
    return Own(tuple(one for name in order for one in found[name]), tuple(mistakes))


def find_own(settings: Path, name: str) -> OwnMetric | None:
    """The own metric of this name; None where there is none, `UsageProblem` where its file is wrong."""
    own = read_own(settings)
    for problem in own.mistakes:
        if problem.where.startswith(f"settings/{METRICS}/{name}."):
            raise problem
    return next((one for one in own.metrics if one.name == name), None)


def _read_lines(path: Path, known: set[str]) -> dict[str, Line]:
    """The lines of `ours.toml` by metric; none without the file."""
    if not path.is_file():
        return {}
    where = f"settings/{FILE}"
    try:
        lines = Lines.model_validate(read_toml(path, where)).metric
    except ValueError as error:
        told = str(error).splitlines()
        raise UsageProblem(where, f"{told[1]}: {told[2].strip()}", "Correct the line") from None
    for one in lines:
        if one.name not in known:
            raise UsageProblem(f"{where}, {one.name}", f"there is no {METRICS}/{one.name}.sql", "Correct the name")
    return {one.name: one for one in lines}


def _read_file(path: Path, line: Line) -> Iterator[OwnMetric]:
    where = f"settings/{METRICS}/{path.name}"
    if not NAME.fullmatch(path.stem) or path.stem in _taken_names():
        raise UsageProblem(where, "no name for a metric, or one of ours", "Use a-z, 0-9 and _, and a name of its own")
    header, sql = _read_sql(path, MetricHeader, where)
    if header.kind not in KINDS:
        raise UsageProblem(f"{where}, kind", f"{header.kind} is not computed of own SQL", f"Use {', '.join(KINDS)}")
    if header.followed_by is not None and header.followed_by not in read_catalogue():
        raise UsageProblem(f"{where}, followed_by", "there is no such metric", "Name one of ours, or leave it out")
    chart = line.chart or (OVER_TIME if header.kind != "category" else NUMBER)
    charts: tuple[str, ...] = (NUMBER,) if header.kind == "category" else (OVER_TIME, NUMBER)
    if header.kind == "proportion":
        charts += tuple(f"by {key}" for key in KEYS if key not in (*CLOSED, HOSPITAL))
    if chart not in charts:
        told = f"{chart!r} is no chart of a {header.kind}"
        raise UsageProblem(f"settings/{FILE}, {path.stem}, chart", told, f"Use one of: {', '.join(charts)}")
    second_path = path.with_name(f"{path.stem}{SECOND}.sql")
    second = (
        _read_sql(second_path, ViewHeader, f"settings/{METRICS}/{second_path.name}")[1]
        if second_path.is_file()
        else None
    )
    for one in read_definitions(path, MetricHeader, Metric):
        yield OwnMetric(one.name, header, sql, one.timepoint, second=second, shown_title=line.title, chart=chart)


def _taken_names() -> set[str]:
    ours = (*read_catalogue().values(), *read_curves().values())
    return {name for one in ours for name in (one.name, one.name.removesuffix(f"_{one.timepoint}"))} | set(read_views())


def _read_sql(path: Path, kind: type, where: str) -> tuple[Any, str]:
    """Header and SQL of a file, if it may run. `UsageProblem` says where, what, and what to do."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageProblem(where, "the file is too long", f"Keep it below {MOST_BYTES:,} bytes")
        header, sql = read_sql_file(path, kind)  # type: ignore[var-annotated]
    except UsageProblem as problem:
        raise UsageProblem(
            f"settings/{problem.where.removeprefix('settings/')}", problem.what, problem.remedy
        ) from None
    except (OSError, UnicodeDecodeError):
        raise UsageProblem(where, "the file cannot be read as UTF-8 text", "Write it anew") from None
    admit_select(where, sql, (*TABLES, *read_views()), CLOSED)
    return header, sql


def check_own(warehouse: Warehouse, metric: OwnMetric) -> None:
    """Run a metric once, for some seconds at most, and look at its rows. `UsageProblem` where it cannot be counted."""
    is_distribution = metric.kind == "category"
    summary = "own_categories" if is_distribution else "own_rows"

    def look() -> dict[Any, Any] | UsageProblem:
        try:
            return _run(warehouse, metric, metric.sql, summary).iloc[0].to_dict()
        except UsageProblem as problem:
            # Kept too: nobody waits twice for what takes too long.
            return problem

    found = warehouse.remember(("own rows", metric.key), look)
    if isinstance(found, UsageProblem):
        raise found
    where = file_of(metric)
    if found["strangers"]:
        raise UsageProblem(where, "some procedure_id are none of procedures", "Take them from outcomes, as they are")
    if not is_distribution and found["answers"] > found["procedures"]:
        raise UsageProblem(where, "more than one row for some procedures", "Give one row a procedure that counts")
    if metric.kind == "proportion" and found["other_numbers"]:
        raise UsageProblem(where, "a share whose value is not true, false, 1, 0 or null", 'Or say kind = "mean"')
    if is_distribution and found["other_numbers"] > MOST_CATEGORIES:
        raise UsageProblem(where, f"more than {MOST_CATEGORIES} categories", "Group them")


def compare_second(warehouse: Warehouse, metric: OwnMetric) -> int | None:
    """For how many procedures the second definition answers otherwise; None without one."""
    second = metric.second
    if second is None:
        return None

    def read() -> int:
        one, other = (_answers_of(_run(warehouse, metric, sql)) for sql in (metric.sql, second))
        return int((one.reindex(one.index.union(other.index)) != other.reindex(one.index.union(other.index))).sum())

    digest = hashlib.sha256(second.encode()).hexdigest()[:16]
    return warehouse.remember(("own second", metric.key, digest), read)


def _answers_of(rows: pd.DataFrame) -> pd.Series:
    """The answers of each procedure as text: numbers to nine digits, categories together, `-` where not recorded."""
    column = "category" if "category" in rows else "value"
    told = [_told(value) for value in rows[column]]
    by_key = rows.assign(told=told, key=rows["procedure_id"].astype(str)).sort_values(["key", "told"])
    return by_key.groupby("key")["told"].agg(";".join)


def _told(value: Any) -> str:
    if pd.isna(value):
        return "-"
    return value if isinstance(value, str) else f"{float(value):.9g}"


def file_of(metric: OwnMetric) -> str:
    """Where people find it."""
    name = metric.name.removesuffix(f"_{metric.timepoint}") if metric.timepoint else metric.name
    return f"settings/{METRICS}/{name}.sql"


def _run(warehouse: Warehouse, metric: OwnMetric, sql: str, summary: str | None = None) -> pd.DataFrame:
    """Rows of a metric's SQL, or of a summary of them. What went wrong is told without any value of the records."""
    named = [(view.name, view.sql) for view in needed_views(sql)] + [("metric_rows", sql)]
    parts = ", ".join(f"{name} as ({text}\n)" for name, text in named)
    asked = "select * from metric_rows"
    if summary is not None:
        asked = read_sql_file(FOLDER / "summaries" / f"{summary}.sql", ViewHeader)[1]
    try:
        return warehouse.frame_within(SECONDS, f"with {parts} {asked}", metric.parameters)
    except TimeoutError:
        raise UsageProblem(file_of(metric), f"it takes longer than {SECONDS:.0f} seconds", "Ask for less") from None
    except SQL_MISTAKES as error:
        told = str(error).split("\n", 1)[0]
        raise UsageProblem(file_of(metric), told, "Correct its SQL") from None
    except QueryFailure as error:
        told = f"the SQL cannot be run on these records ({type(error).__name__.removesuffix('Exception')})"
        raise UsageProblem(file_of(metric), told, "Correct its SQL") from None
