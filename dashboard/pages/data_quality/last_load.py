"""What the latest load replaced, and what was unlike in it, in words and tables. No value of a row is here."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dashboard.access.rights import AccessDenied, requires
from dashboard.view.reader_view import View, home_in_service
from data.journal import Journal

TITLE = "Unlike earlier deliveries"
ABOUT = (
    "The latest load that took or refused files, compared with what the same sender sent before. A grave surprise "
    "refuses its file until somebody accepts it; a mild one only says so."
)
WHAT_WORDS = {
    "new_site": "a site never seen",
    "days_exchanged": "day and month exchanged",
    "date_jump": "dates ahead of all others",
    "codes_unknown": "codes not known",
    "column_empty": "a column that is empty",
    "volume": "more or fewer rows",
    "shift": "values shifted",
    "expect": "not as its source expects",
}


@dataclass(frozen=True)
class LastLoad:
    """What the journal tells of the latest load: `surprises` and `replaced`, as `python -m etl status --json`.

    `number`: its event in the journal; 0 = none tells of any.
    """

    surprises: tuple[dict[str, Any], ...] = field(default=())
    replaced: tuple[dict[str, Any], ...] = field(default=())
    number: int = 0

    @property
    def grave(self) -> int:
        """How many surprises are grave."""
        return sum(one["severity"] == "grave" for one in self.surprises)


@requires("data_quality")
def read_last(view: View) -> LastLoad:
    """The latest load; files hold several sites, so it is only for readers with rights for all of them."""
    if view.reader.sites is not None:
        raise AccessDenied("access", "whole files hold other sites' records too", "Ask the department lead")
    told = [event for event in Journal(home_in_service().journal).events("load") if "surprises" in event.payload]
    if not told:
        return LastLoad()
    return LastLoad(tuple(told[-1].payload["surprises"]), tuple(told[-1].payload["replaced"]), told[-1].id)


def surprise_table(found: LastLoad) -> pd.DataFrame:
    """Surprises as people read them, grave ones first."""
    rows = sorted(found.surprises, key=lambda one: one["severity"])
    return pd.DataFrame(
        {
            "file": [one["file"] for one in rows],
            "severity": [one["severity"] for one in rows],
            "column": [one["about"] for one in rows],
            "what": [WHAT_WORDS.get(one["what"], one["what"]) for one in rows],
            "in words": [one["says"] for one in rows],
        }
    )


def replaced_table(found: LastLoad) -> pd.DataFrame:
    """How many rows of which earlier file gave way, and of how many the person, day or site changed."""
    return pd.DataFrame(
        {
            "file": [one["file"] for one in found.replaced],
            "earlier file": [one["earlier_file"] for one in found.replaced],
            "rows replaced": [f"{one['rows']:,}" for one in found.replaced],
            "of them another person, day or site": [f"{one['identity_changed']:,}" for one in found.replaced],
            "older than what is there": [f"{one['rows_lost']:,}" for one in found.replaced],
        }
    )


def attention_words(found: LastLoad) -> str | None:
    """One line for the list of what waits; None where nothing was unlike."""
    count = len(found.surprises)
    if not count:
        return None
    noun = "1 surprise" if count == 1 else f"{count:,} surprises"
    grave = f", {found.grave:,} of them grave" if found.grave and count > 1 else ", grave" if found.grave else ""
    return f"The latest load was unlike earlier ones: {noun}{grave}"
