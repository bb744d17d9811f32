"""When each reader looked at Overview last, and what the records brought since then."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import streamlit as st

from dashboard.access.rights import requires
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data.errors import NoGeneration
from data.journal import Journal
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.explain.restatements import ADDED, CORRECTED, GONE, LATE_SCORES, count_causes
from queries.warehouse import Warehouse

KIND, LOOKED = "look", "last_look"
SCORES = ("recorded_hours_24_72", "recorded_follow_up")


@dataclass(frozen=True)
class Look:
    """What a reader saw last: the file of its generation, and the day."""

    file: str
    on: date


@requires("rows")
def last_look(view: View) -> Look | None:
    """What this reader saw before this visit; None at the first. This visit is put into the journal, once."""
    if not st.context.headers.get("User-Agent"):
        # The server's own look at its pages.
        return None
    if LOOKED not in st.session_state:
        journal = Journal(home_in_service().journal)
        mine = [event for event in journal.events(KIND) if event.author == view.reader.name]
        last = mine[-1] if mine else None
        st.session_state[LOOKED] = last and Look(str(last.payload["file"]), date.fromisoformat(last.at[:10]))
        file = warehouse_of(view).path.name
        if last is None or last.payload["file"] != file:
            journal.append(KIND, view.info.generation, {"file": file}, view.reader.name)
    return st.session_state[LOOKED]


@requires("rows")
def changes_since(view: View, look: Look) -> dict[str, int] | None:
    """What came since then, counted: new procedures, late scores, corrections; None where it cannot be known any more.

    Of all months and sites that the reader may see.
    """
    sites = Filters.of({"site": view.reader.sites} if view.reader.sites else {})
    return _count_changes(str(home_in_service().generations / look.file), str(warehouse_of(view).path), sites)


@lru_cache(64)
def _count_changes(before: str, now: str, sites: Filters) -> dict[str, int] | None:
    if before == now:
        return {}
    try:
        old, new = Warehouse(Path(before)), Warehouse(Path(now))
    except NoGeneration:
        return None
    catalogue = read_catalogue()
    counted = [dict(count_causes(old, new, catalogue[name], sites)) for name in ("procedures", *SCORES)]
    procedures, *scores = counted
    found = {
        "new procedures": procedures.get(ADDED, 0),
        "procedures withdrawn": procedures.get(GONE, 0),
        "late scores": sum(one.get(LATE_SCORES, 0) for one in scores),
        "corrections": sum(one.get(CORRECTED, 0) for one in scores),
    }
    return {name: count for name, count in found.items() if count}
