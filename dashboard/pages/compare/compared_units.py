"""What can be compared: operators and sites of a department, hospitals of a registry and its peer groups, periods."""

from collections.abc import Sequence

from dashboard.links import view_options
from dashboard.view.pool.pooled_hospitals import peer_groups
from dashboard.view.reader_view import View

UNITS = {"operator": "operators", "site": "sites", "hospital": "hospitals", "period": "periods"}
EVERY_GROUP = "all hospitals"


def units_of(view: View) -> tuple[str, ...]:
    """The keys of what this reader may compare."""
    return ("hospital", "period") if view.reader.in_registry else ("operator", "site", "period")


def peer_group_choice(view: View, known: Sequence[str]) -> tuple[str, ...]:
    """The hospitals of the registry's peer group that the reader chose; empty where all are compared."""
    groups = peer_groups(view)
    if len(groups) < 2:
        return ()
    titles = {one: one for one in (EVERY_GROUP, *groups)}
    key = "compare_peer_group"
    group = view_options.pick_segment("peer-group", key, usual=EVERY_GROUP, label="Peer group", titles=titles)
    return tuple(one for one in groups.get(group, ()) if one in known)
