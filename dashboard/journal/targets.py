"""A department's own targets: those of its settings, and those that a lead set in the app, which hold over them."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from dashboard.access.rights import require
from dashboard.view.reader_view import View, home_in_service
from data.errors import UsageProblem
from data.home import Home
from data.journal import Journal
from data.settings import Target, read_targets
from queries.catalogue.metrics import read_catalogue

KIND = "target"
PERCENT = 100.0


def target_of(metric: str) -> Target | None:
    """The target of a figure in the home in service; None where it has none."""
    return targets_of(home_in_service()).get(metric)


def targets_of(home: Home) -> dict[str, Target]:
    """All targets in force by metric."""
    path = home.journal
    written = path.stat().st_mtime_ns if path.exists() else 0
    return {name: one for name, one in {**read_targets().targets, **_targets_set(path, written)}.items() if one}


def set_target(view: View, metric: str, value: float | None, since: date) -> int:
    """Set a target from a day on, or take it away (None). Only a lead; `UsageProblem` for what is no target."""
    require("sign_off", reader=view.reader)
    if metric not in read_catalogue() or read_catalogue()[metric].header.better == "neutral":
        raise UsageProblem(
            "target", "this figure has no better side", "Choose a figure of which more or less is better"
        )
    if value is not None and read_catalogue()[metric].unit == "%" and not 0 <= value <= PERCENT:
        raise UsageProblem("target", "is not between 0 and 100 %", "Write a share in per cent")
    payload = {"value": value, "since": since.isoformat()}
    return Journal(home_in_service().journal).append(KIND, metric, payload, view.reader.name)


@lru_cache(8)
def _targets_set(path: Path, _written: int) -> dict[str, Target | None]:
    """The latest target that was set of each metric; None where it was taken away."""
    return {
        event.subject: None
        if event.payload["value"] is None
        else Target(
            value=float(event.payload["value"]),
            set_by=event.author,
            since=date.fromisoformat(str(event.payload["since"])),
        )
        for event in Journal(path).events(KIND)
    }
