"""Settings of `data/settings/`, validated when read; an error names the file and the key."""

import os
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from data.errors import UsageProblem
from data.home import SETTINGS, Home, department_home
from data.storage.registry_settings import registry_readers
from data.storage.settings_files import Kind, Setting, read_settings

ACCESS_FILE = "access.toml"
Name = Field(pattern=r"^[a-z][a-z0-9_]*$")


class Baseline(Setting):
    """How far back a score counts as baseline."""

    label: str = Field(min_length=1)
    lookback_days: int = Field(ge=0, le=365)


class Timepoint(Setting):
    """A window after the procedure: calendar days from D0, both ends included; the target in elapsed hours."""

    name: str = Name
    label: str = Field(min_length=1)
    first_day: int = Field(ge=1)
    last_day: int = Field(ge=1)
    target_hours: float = Field(gt=0)


class Timepoints(Setting):
    """The baseline and all windows after it, in order of time."""

    baseline: Baseline
    after: tuple[Timepoint, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def ranges_are_in_order(self) -> "Timepoints":
        """Windows must run forwards, not overlap, and bear different names."""
        names = ["baseline"] + [window.name for window in self.after]
        if len(set(names)) != len(names):
            raise ValueError("two timepoints share a name")
        last_day = 0
        for window in self.after:
            if window.last_day < window.first_day:
                raise ValueError(f"{window.name} ends before it begins")
            if window.first_day <= last_day:
                raise ValueError(f"{window.name} overlaps the timepoint before it")
            last_day = window.last_day
        return self

    @property
    def labels(self) -> dict[str, str]:
        """Name → words for people, baseline first."""
        return {"baseline": self.baseline.label} | {window.name: window.label for window in self.after}


class DisclosureRule(Setting):
    """Counts from 1 to `hide_up_to` are hidden, others rounded to `round_to`; `zeros`: if none and all are shown."""

    title: str
    zeros: Literal["shown", "hidden"] = "shown"
    hide_up_to: int = Field(ge=1)
    round_to: int = Field(ge=1)

    @property
    def zeros_words(self) -> str:
        """The policy on zeros, for a sentence."""
        return "none and all are shown as such" if self.zeros == "shown" else "none and all are hidden too"


class Disclosure(Setting):
    """The rules on offer and the name of the one in force; and what the department's own quality role sees."""

    rule: str
    own_department: Literal["exact", "suppressed"]
    rules: dict[str, DisclosureRule] = Field(min_length=1)

    @model_validator(mode="after")
    def rule_exists(self) -> "Disclosure":
        """The rule in force must be one of those described."""
        if self.rule not in self.rules:
            raise ValueError(f"rule must be one of {', '.join(self.rules)}")
        return self

    @property
    def in_force(self) -> DisclosureRule:
        """The rule to apply."""
        return self.rules[self.rule]


class Promise(Setting):
    """A sentence that patients are told, and what shows what happened.

    `metric` is the figure measured beside it, `beside` are shown with it, `by` splits it; without a metric,
    `not_measured` says why. `most`: it holds where the share `judged_by`, usually that of `metric`, lies above a half
    with its whole interval; `some`: where there is any. With neither, no figure says yes or no.
    """

    name: str = Name
    said: str = Field(min_length=1)
    leaflet: str
    metric: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]*$")
    beside: tuple[str, ...] = ()
    by: Literal["levels"] | None = None
    judged_by: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]*$")
    most: bool = False
    some: bool = False
    from_hours: float | None = None
    to_hours: float | None = None
    since: date | None = None
    not_measured: str = ""
    mind: str = ""

    @model_validator(mode="after")
    def says_what_shows_it(self) -> "Promise":
        """A figure, or why there is none."""
        if self.metric is None and not self.not_measured:
            raise ValueError(f"{self.name}: give a metric, or say in not_measured why there is none")
        return self


class Promises(Setting):
    """All sentences, in the order of a patient's way; entries of one name are versions of one sentence."""

    promise: tuple[Promise, ...] = ()

    @model_validator(mode="after")
    def versions_have_dates(self) -> "Promises":
        """Every version of a sentence but its first says since when it holds, and no two the same day."""
        for name, versions in self.versions.items():
            days = [version.since or date.min for version in versions]
            if len(set(days)) < len(days):
                raise ValueError(f"{name}: each version needs its own since")
        return self

    @property
    def versions(self) -> dict[str, tuple[Promise, ...]]:
        """The versions of every sentence, oldest first."""
        names = dict.fromkeys(one.name for one in self.promise)
        return {
            name: tuple(
                sorted((one for one in self.promise if one.name == name), key=lambda one: one.since or date.min)
            )
            for name in names
        }


class Target(Setting):
    """A department's own target for a metric, in the metric's unit."""

    value: float
    set_by: str
    since: date


class Targets(Setting):
    """Targets by metric name; a metric without one has none."""

    targets: dict[str, Target] = Field(default_factory=dict)


class Sources(Setting):
    """Where two sources say different things of one person or procedure: the source named first is believed."""

    order: tuple[str, ...] = ()


class Verdict(Setting):
    """How strong a change must be to be said: the statistic of `queries.statistics.changes` that it must reach."""

    threshold: float = Field(gt=0)


class Trends(Setting):
    """When a figure is said to have changed."""

    verdict: Verdict


class Loads(Setting):
    """When loads by the clock are due; 0 = they are not watched."""

    expected_hours: float = Field(ge=0)


class Keep(Setting):
    """How much, or for how many days, is kept of what nobody needs; 0 = all of it."""

    backups: int = Field(ge=0)
    error_days: float = Field(ge=0)
    export_days: float = Field(ge=0)
    unused_archive_days: float = Field(ge=0)


class Operations(Setting):
    """What an operator sets."""

    loads: Loads
    keep: Keep


@lru_cache
def _read_once(name: str, kind: type[Kind], own: Path) -> Kind:
    return read_settings(SETTINGS / name, kind, own)


def settings_in_force(name: str, kind: type[Kind], home: Home | None = None) -> Kind:
    """A settings file as the hospital has it, or another home, read once."""
    return _read_once(name, kind, (home or department_home()).settings / name)


def read_timepoints() -> Timepoints:
    """The windows in which pain is asked."""
    return settings_in_force("timepoints.toml", Timepoints)


def source_order() -> tuple[str, ...]:
    """Sources in the order in which they are believed."""
    return settings_in_force("sources.toml", Sources).order


def read_disclosure() -> Disclosure:
    """The disclosure rules; `OUTCOMES_DISCLOSURE` chooses over the file."""
    settings = settings_in_force("disclosure.toml", Disclosure)
    chosen = os.environ.get("OUTCOMES_DISCLOSURE")
    if not chosen:
        return settings
    if chosen not in settings.rules:
        known = ", ".join(settings.rules)
        raise UsageProblem("OUTCOMES_DISCLOSURE", "no such rule", f"Choose one of {known}.")
    return settings.model_copy(update={"rule": chosen})


def read_promises() -> Promises:
    """What patients are told."""
    return settings_in_force("promises.toml", Promises)


def promised_hours(metric: str) -> tuple[float, float]:
    """From and to hours that patients are told now for a metric; `UsageProblem` when no sentence gives them."""
    for versions in read_promises().versions.values():
        now = versions[-1]
        if now.metric == metric and now.from_hours is not None and now.to_hours is not None:
            return now.from_hours, now.to_hours
    raise UsageProblem(
        "data/settings/promises.toml", f"no hours are promised for {metric}", "Give from_hours and to_hours"
    )


def read_targets() -> Targets:
    """The department's own targets."""
    return settings_in_force("targets.toml", Targets)


def read_trends() -> Trends:
    """When a figure is said to have changed."""
    return settings_in_force("trends.toml", Trends)


def read_operations() -> Operations:
    """When loads are due, and how long things are kept."""
    return settings_in_force("operations.toml", Operations)


def find_mistakes() -> list[UsageProblem]:
    """Every mistake of every settings file, and files of the hospital that nothing reads."""
    found = []
    readers: tuple[Callable[[], object], ...] = (read_timepoints, read_disclosure, read_promises, read_targets)
    for read in (*readers, source_order, read_trends, read_operations, *registry_readers(department_home())):
        try:
            read()
        except UsageProblem as problem:
            found.append(problem)
    shipped = {path.name for path in SETTINGS.iterdir()} - {ACCESS_FILE}
    for path in sorted(department_home().settings.glob("*.*")):
        if path.suffix in (".toml", ".csv") and path.name not in shipped | {department_home().members.name}:
            others = f"There are {', '.join(sorted(shipped))}"
            remedy = "Name it in OUTCOMES_ACCESS_FILE" if path.name == ACCESS_FILE else others
            found.append(UsageProblem(str(path), "no settings of this name are read here", remedy))
    return found


def check_all() -> None:
    """Read every settings file of this tree, so that a mistake shows at start and not where it is needed."""
    refuse_mistakes(find_mistakes())


def refuse_mistakes(problems: Sequence[UsageProblem]) -> None:
    """`UsageProblem` that names all mistakes, where there are any."""
    if problems:
        more = "".join(f"; {one.where}: {one.what}" for one in problems[1:])
        raise UsageProblem(problems[0].where, f"{problems[0].what}{more}", problems[0].remedy)
