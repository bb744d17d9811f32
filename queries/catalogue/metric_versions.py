"""Earlier versions of metrics: files such as `responders_50@1.sql` beside today's, dated, computed as any metric is."""

import difflib
from dataclasses import replace
from datetime import date
from functools import lru_cache

from pydantic import Field

from data.errors import UsageProblem
from queries.catalogue.metrics import AT, Metric, MetricHeader, read_catalogue, read_definitions
from queries.catalogue.sql_files import FOLDER


class EarlierHeader(MetricHeader):
    """What an earlier version of a metric says: until which day it held, and what the next one does otherwise."""

    until: date
    changed: str = Field(min_length=1)


@lru_cache
def read_earlier() -> dict[str, Metric]:
    """All of them by `NAME@VERSION`. They stand on no page but Methods. `UsageProblem` for one earlier than nothing."""
    found = {}
    for path in sorted((FOLDER / "metrics").glob(f"*{AT}*.sql")):
        file, _, version = path.stem.partition(AT)
        for one in read_definitions(path, EarlierHeader, Metric, file):
            now = read_catalogue().get(one.name)
            if now is None or not version.isdecimal() or not int(version) == one.header.version < now.header.version:
                raise UsageProblem(
                    f"metrics/{path.name}, version",
                    "is no earlier version of a metric",
                    f"Name the file METRIC{AT}VERSION.sql, with the version that its header says, below today's",
                )
            found[f"{one.name}{AT}{version}"] = replace(one, name=f"{one.name}{AT}{version}")
    return found


def earlier_versions(name: str) -> tuple[Metric, ...]:
    """The earlier versions of a metric that are kept, newest first."""
    kept = [one for one in read_earlier().values() if one.name.partition(AT)[0] == name]
    return tuple(sorted(kept, key=lambda one: -one.header.version))


def version_of(name: str, version: int) -> Metric | None:
    """A metric as its version of this number defines it; None where that is not kept."""
    now = read_catalogue().get(name)
    return now if now is not None and now.header.version == version else read_earlier().get(f"{name}{AT}{version}")


def find_metric(name: str) -> Metric:
    """The metric of this name; `UsageProblem` lists near names when there is none."""
    base, _, version = name.partition(AT)
    found = version_of(base, int(version)) if version.isdecimal() else read_catalogue().get(name)
    if found is None and base in read_catalogue():
        kept = [str(one.header.version) for one in (read_catalogue()[base], *earlier_versions(base))]
        raise UsageProblem(name, "this version is not kept", f"Versions there are: {', '.join(kept)}")
    if found is None:
        near = difflib.get_close_matches(name, read_catalogue(), n=3) or list(read_catalogue())[:3]
        raise UsageProblem(name, "no such metric", f"Did you mean {', '.join(near)}? The Methods page lists all")
    return found


def find_metrics(name: str) -> tuple[Metric, ...]:
    """The same, and of a file that is made for timepoints (`responders_50`, `responders_50@1`) those of all of them."""
    base, at, version = name.partition(AT)
    for_timepoints = [
        one.name for one in read_catalogue().values() if one.timepoint and one.name == f"{base}_{one.timepoint}"
    ]
    return tuple(find_metric(f"{one}{at}{version}") for one in for_timepoints or [base])
