"""What readers outside the department see: the generation signed off last, and only what they may ask of it."""

from datetime import date
from pathlib import Path

from data.errors import OutcomesError, UsageProblem
from data.home import Home
from queries.catalogue.filters import Filters
from queries.figures.outside.outside_readers import (
    KEYS,
    Signature,
    admit_question,
    read_signatures,
    signed_off_generations,
)

# One key is left for splitting.
MOST_CHOSEN = 2
NOTHING = (
    "figures for readers outside the department",
    "no month has been signed off yet",
    "Ask the department lead to sign one off",
)
__all__ = ["KEYS", "NothingPublished", "coarse_filters", "published_generation", "told_apart"]


class NothingPublished(OutcomesError):
    """No figures have been signed off for readers outside."""


def published_generation(home: Home) -> tuple[Path, str]:
    """The file that was signed off last and is still there, and the month. `NothingPublished` when there is none."""
    for found in signed_off_generations(home):
        return found
    raise NothingPublished(*NOTHING)


def told_apart(home: Home) -> tuple[Signature, Signature | None]:
    """The signature whose figures are shown, and the last one before it of other records; None when there is none.

    `NothingPublished` when nothing was signed off.
    """
    found = read_signatures(home)
    if not found:
        raise NothingPublished(*NOTHING)
    return found[0], next((one for one in found[1:] if one.path != found[0].path), None)


def coarse_filters(filters: Filters, as_of: date | None) -> Filters:
    """The filters as such a reader may ask: few keys, one value each, one whole closed period or all."""
    picked = [(key, values) for key, values in filters.values if key in KEYS and (len(values) == 1 or key == "site")]
    chosen = Filters.of(dict(picked[:MOST_CHOSEN]), filters.date_from, filters.date_to)
    try:
        admit_question(chosen, None, as_of)
    except UsageProblem:
        return Filters.of(dict(chosen.values))
    return chosen
