"""Targets that a lead sets in the app."""

from datetime import date

from dashboard.access.rights import requires
from dashboard.view.reader_view import View, home_in_service
from data.errors import UsageProblem
from data.journal import Journal
from data.settings import Target
from queries.catalogue.metrics import read_catalogue
from queries.trends.annotations import TARGET, targets_of

PERCENT = 100.0


def target_of(metric: str) -> Target | None:
    """The target of a figure in the home in service; None where it has none."""
    return targets_of(home_in_service()).get(metric)


@requires("sign_off")
def set_target(view: View, metric: str, value: float | None, since: date) -> int:
    """Set a target from a day on, or take it away (None). Only a lead; `UsageProblem` for what is no target."""
    if metric not in read_catalogue() or read_catalogue()[metric].header.better == "neutral":
        raise UsageProblem(
            "target", "this figure has no better side", "Choose a figure of which more or less is better"
        )
    if value is not None and read_catalogue()[metric].unit == "%" and not 0 <= value <= PERCENT:
        raise UsageProblem("target", "is not between 0 and 100 %", "Write a share in per cent")
    payload = {"value": value, "since": since.isoformat()}
    return Journal(home_in_service().journal).append(TARGET, metric, payload, view.reader.name)
