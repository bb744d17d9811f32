"""Tables of counts and means: they hold no records, and figures cannot be made from figures."""

import re
from collections.abc import Sequence

from data.errors import FileRefused
from etl.propose.column_profile import Look
from etl.readers import Extract

OF_RECORDS = frozenset({"patient", "record", "subject", "case", "fall", "stay", "call", "incident"})
FIGURE = re.compile(r"[+-]?[0-9]+([.,][0-9]+)? ?%?")
MOST_FIGURES = 0.6


def refuse_crosstab(extract: Extract, looks: Sequence[Look], name: str) -> None:
    """Raise `FileRefused` where neither people nor days are listed, and most columns are figures."""
    if len(looks) < 3 or any(_names_records(one) or one.moment in ("dates", "date_times") for one in looks):
        return
    figures = [one for one in looks[1:] if one.filled and one.share_of(_is_figure) > 0.8]
    if len(figures) >= MOST_FIGURES * (len(looks) - 1):
        where = name if extract.sheet is None else f"{name}#{extract.sheet}"
        raise FileRefused(
            where,
            "a table of counts or means, not of records",
            "Ask for the rows behind it, one for each procedure or score",
        )


def _names_records(one: Look) -> bool:
    return bool(OF_RECORDS & one.meanings) and not one.moment and one.different > 1


def _is_figure(written: str) -> bool:
    return FIGURE.fullmatch(written) is not None
