"""Sign-off of months: headline figures go into the journal, the generation is kept, later changes are told."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.access.rights import AccessDenied, requires
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data.errors import NoGeneration, UsageProblem
from data.journal import Event, Journal
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.periods import periods_between
from queries.explain.restatements import Change, find_change, is_closed, month_filters, signed_figure
from queries.figures.cohort import EPOCH, read_cohort
from queries.warehouse import Warehouse

# The figures of Overview's cards first; of months signed before, the journal keeps which figures were signed.
HEADLINES = (
    "responders_50_hours_24_72", "day_case_completed", "home_ready_within_6_hours", "mean_levels", "procedures",
    "recorded_hours_24_72", "recovery_hours", "returned_within_7_days", "serious_or_death_30_days",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SignedMonth:
    """A month as it was signed off.

    `at` is ISO 8601 in UTC; `figures`: those of `queries.explain.restatements.signed_figure`.
    """

    id: int
    month: str
    generation: str
    author: str
    at: str
    figures: tuple[dict[str, Any], ...]
    comment: str = ""


@dataclass(frozen=True)
class Restatement:
    """A signed month, and the figures that differ from it now."""

    signed: SignedMonth
    changes: tuple[Change, ...]


@requires("exact_figures")
def signed_months(view: View) -> dict[str, SignedMonth]:
    """The sign-off of each month in force, newest month first; its figures only for readers of all sites."""
    latest = {event.subject: event for event in Journal(home_in_service().journal).events("sign_off")}
    found = {month: _month_of_event(one) for month, one in latest.items() if not one.payload.get("withdrawn")}
    if view.reader.sites is not None:
        found = {month: replace(one, figures=()) for month, one in found.items()}
    return {month: found[month] for month in sorted(found, reverse=True)}


@requires("exact_figures")
def closed_months(view: View) -> list[str]:
    """The months that the records reach beyond, newest first."""
    days = read_cohort(warehouse_of(view)).days
    if not len(days) or view.info.as_of is None:
        return []
    first = date.fromordinal(EPOCH.toordinal() + int(days.min())).replace(day=1)
    months = [period.label for period in periods_between("month", first, view.info.as_of)]
    return [month for month in reversed(months) if is_closed(month, view.info.as_of)]


@requires("exact_figures")
def figures_of(view: View, month: str) -> tuple[dict[str, Any], ...]:
    """The headline figures of a month as they are now: of the whole department, whatever the filters say."""
    _require_all_sites(view)
    return tuple(signed_figure(warehouse_of(view), read_catalogue()[name], month_filters(month)) for name in HEADLINES)


@requires("sign_off")
def sign_off(view: View, month: str, comment: str = "") -> int:
    """Put a closed month's figures into the journal, with a comment; its generation is kept from now on.

    `AccessDenied` without the right for every site; `UsageProblem` for a month that is not closed.
    """
    _require_all_sites(view)
    if not is_closed(month, view.info.as_of):
        raise UsageProblem("sign-off", f"{month} is not a month that the records reach beyond", "Choose a closed month")
    earlier = signed_months(view).get(month)
    payload = {"generation": view.info.generation, "month": month, "figures": list(figures_of(view, month))}
    return Journal(home_in_service().journal).append(
        "sign_off",
        month,
        payload,
        view.reader.name,
        words=comment.strip() or None,
        supersedes=earlier.id if earlier else None,
    )


@requires("sign_off")
def withdraw_sign_off(view: View, month: str, reason: str) -> int:
    """Take a sign-off back, with the reason; what was signed stays in the journal. `UsageProblem` without a reason."""
    _require_all_sites(view)
    signed = signed_months(view).get(month)
    if signed is None or not reason.strip():
        raise UsageProblem("sign-off", "nothing is signed there, or no reason was given", "Say why it is withdrawn")
    return Journal(home_in_service().journal).append(
        "sign_off", month, {"withdrawn": True, "month": month}, view.reader.name, reason.strip(), supersedes=signed.id
    )


@requires("exact_figures")
def find_restatements(view: View) -> list[Restatement]:
    """Signed months whose figures differ now, newest first, each change with its causes."""
    _require_all_sites(view)
    new = warehouse_of(view)
    opened: dict[str, Warehouse | None] = {}
    found = []
    for signed in signed_months(view).values():
        if signed.generation not in opened:
            opened[signed.generation] = _open_generation(signed.generation)
        changes = [
            find_change(
                opened[signed.generation], new, read_catalogue()[row["metric"]], month_filters(signed.month), row
            )
            for row in signed.figures
            # Of the same records a figure differs only where its definition is another.
            if row.get("metric") in read_catalogue()
            and (
                signed.generation != view.info.generation
                or row.get("definition_version") != read_catalogue()[row["metric"]].header.version
            )
        ]
        kept = tuple(one for one in changes if one is not None)
        if kept:
            found.append(Restatement(signed, kept))
    return found


def _require_all_sites(view: View) -> None:
    """What is signed is the whole department's."""
    if view.reader.sites is not None:
        raise AccessDenied("access", "a month is signed off for all sites together", "Ask the department lead")


def _month_of_event(event: Event) -> SignedMonth:
    figures = event.payload.get("figures") or ()
    return SignedMonth(
        id=event.id,
        month=event.subject,
        generation=str(event.payload.get("generation")),
        author=event.author,
        at=event.at,
        figures=tuple(figures) if isinstance(figures, list) else (),
        comment=event.words or "",
    )


def _open_generation(name: str) -> Warehouse | None:
    """The signed generation; None when it is gone, or was built by code that this one does not understand."""
    folder: Path = home_in_service().generations
    for path in sorted(folder.glob(f"gen-*-{name}.duckdb"), reverse=True):
        try:
            return Warehouse(path)
        except NoGeneration:
            continue
    return None
