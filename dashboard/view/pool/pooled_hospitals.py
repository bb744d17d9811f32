"""The hospitals of a registry's pool: names for this reader, how far each reaches, and the cells that some ship."""

from collections.abc import Sequence
from typing import Any

from dashboard.access.rights import requires
from dashboard.text import phrases
from dashboard.view.reader_view import View, warehouse_of
from queries.figures.pooled.hospital_rows import hospital_rows, yearly_rows

# Some hospitals are always a few days behind others; so many days behind, months are missing.
LATE_DAYS = 31
MOST_NAMED = 3
Hospital = dict[str, Any]


@requires("exact_figures")
def pooled_hospitals(view: View) -> list[Hospital]:
    """Rows of `hospitals`, the late ones first, each with the `name` that this reader sees, and no other name of it."""
    kept = ("name", "peer_group", "what", "as_of", "late_days", "procedures_last_year")
    found = [{key: one[key] for key in kept} for one in hospital_rows(warehouse_of(view))]
    return sorted(found, key=lambda one: (not is_late(one), one["name"]))


@requires("exact_figures")
def yearly_cells(view: View, metrics: Sequence[str]) -> list[dict[str, Any]]:
    """The yearly cells of whole hospitals that ship cells, each with the `name` that this reader sees."""
    return yearly_rows(warehouse_of(view), metrics)


@requires("exact_figures")
def peer_groups(view: View) -> dict[str, tuple[str, ...]]:
    """The registry's peer groups and the names of the hospitals in each; empty without any."""
    groups: dict[str, list[str]] = {}
    for one in pooled_hospitals(view):
        if one["peer_group"]:
            groups.setdefault(one["peer_group"], []).append(one["name"])
    return {group: tuple(groups[group]) for group in sorted(groups)}


def is_late(hospital: Hospital) -> bool:
    """Whether the records of a hospital end long before the pool's."""
    return bool(hospital["late_days"] > LATE_DAYS)


@requires("exact_figures")
def late_words(view: View) -> str:
    """`Late: Willow Hospital (62 days)`; empty where none is."""
    late = [one for one in pooled_hospitals(view) if is_late(one)]
    named = [f"{one['name']} ({one['late_days']} days)" for one in late[:MOST_NAMED]]
    more = [f"{len(late) - MOST_NAMED} more"] if len(late) > MOST_NAMED else []
    return f"Late: {phrases.join_words([*named, *more])}" if late else ""


@requires("figures")
def pool_words(view: View) -> str:
    """`registry of 12 hospitals, 1 late`."""
    if view.audience == "outside":
        return "registry"
    found = pooled_hospitals(view)
    late = sum(map(is_late, found))
    return f"registry of {len(found)} hospitals{f', {late} late' if late else ''}"
