"""Changes registered before their outcomes: written to the journal by those who may write notes, read by everyone."""

from dataclasses import replace
from datetime import date

from dashboard.access.rights import requires
from dashboard.journal.notes import check_text
from dashboard.view.reader_view import View, home_in_service
from data.errors import UsageProblem
from data.journal import Journal
from queries.catalogue.filters import Filters
from queries.catalogue.metric_versions import find_metric
from queries.trends.annotations import REGISTERED, Registration, registrations_of
from queries.trends.present import JUDGED_BY
from queries.trends.registered_changes import FEWEST_BEFORE, Look, choice_text, count_before, looks_at

LONGEST_RUN_IN = 6


@requires("exact_figures")
def looks_of_metric(view: View, metric: str) -> tuple[Look, ...]:
    """What is known of the changes registered for a figure; for a time, of the share that stands for it."""
    judged = JUDGED_BY.get(metric, metric)
    found = [one for one in registrations_of(home_in_service()) if one.metric == judged]
    if not found:
        return ()
    return looks_at(found, judged, view.filters, view.whole.figures(judged, period="month"))


@requires("notes")
def register_change(view: View, metric: str, on: date, *, what: str, run_in: int = 0) -> int:
    """Register a change of a share from a day on, for the choice that the view shows; dates are left out.

    The months before are counted now and stay. `run_in`: months left out after the day. `AccessDenied` without the
    right; `UsageProblem` for a figure that is no share, and with fewer than 12 closed months before.
    """
    found = find_metric(metric)
    if found.kind != "proportion" or not 0 <= run_in <= LONGEST_RUN_IN:
        raise UsageProblem("registered change", "it needs a share, and a run-in of 0 to 6 months", "Choose another")
    before = count_before(view.whole.figures(metric, period="month"), on)
    if len(before.n) < FEWEST_BEFORE:
        raise UsageProblem(
            "registered change",
            f"only {len(before.n)} closed months lie before that day, and it needs {FEWEST_BEFORE}",
            "Add a note instead",
        )
    payload = {
        "on": on.isoformat(),
        "run_in_months": run_in,
        "choice": choice_text(view.filters),
        "sites": list(view.filters["site"]),
        "definition_version": found.header.version,
        "generation": view.info.generation,
        "is_in_advance": not view.within((on, None)).figure(metric)["recorded"],
        "successes": before.successes,
        "n": before.n,
        "eligible": before.eligible,
    }
    journal = Journal(home_in_service().journal)
    return journal.append_linked(REGISTERED, metric, payload, view.reader.name, check_text(what)).id


@requires("notes")
def withdraw_registration(view: View, registration: Registration) -> int:
    """Take a registered change back; both stay in the journal. `AccessDenied` without the right for its sites."""
    replace(view, filters=Filters.of({"site": registration.sites})).require("notes")
    payload = {"withdraws": registration.id}
    journal = Journal(home_in_service().journal)
    return journal.append_linked(REGISTERED, registration.metric, payload, view.reader.name, None).id
