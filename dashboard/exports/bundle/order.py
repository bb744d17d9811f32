"""What is asked for: which rows, for whom, in which profile."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from data.errors import UsageProblem
from queries.catalogue.filters import EVERYTHING, Filters
from queries.explain.table_extracts import procedure_ids
from queries.figures.cohort import read_cohort
from queries.warehouse import Warehouse


class Profile(StrEnum):
    """How much of a person leaves."""

    INTERNAL = "internal"
    LIMITED = "limited"
    SAFE_HARBOR = "safe_harbor"


DESCRIBED = {
    Profile.INTERNAL: "inside the department: local record numbers, dates, names of operators",
    Profile.LIMITED: "limited data set: random keys, dates, operators as codes; needs a data use agreement",
    Profile.SAFE_HARBOR: "safe harbor (45 CFR 164.514(b)(2)): days instead of dates, 90+, ids of this recipient only",
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """One export. `selected` names single procedures, as behind one bar of a chart; None = all that pass.

    `sites` are those of a reader who may see some only; None = all. `workbooks`: each table also as .xlsx, as far as a
    sheet holds its rows.
    """

    profile: Profile
    filters: Filters = EVERYTHING
    recipient: str | None = None
    selected: tuple[str, ...] | None = None
    selected_as: str = ""
    sites: frozenset[str] | None = None
    workbooks: bool = False

    def check(self) -> None:
        """`UsageProblem` for what the profile does not allow."""
        if self.profile is Profile.SAFE_HARBOR:
            if not (self.recipient or "").strip():
                raise UsageProblem("--recipient", "is missing", "Name who gets the file: ids are made for them alone")
            if not _whole_years(self.filters):
                raise UsageProblem(
                    "dates", "safe harbor knows years only", "Choose whole calendar years, or all records"
                )

    @property
    def is_whole(self) -> bool:
        """Whether every procedure of the generation is asked for."""
        return self.filters == EVERYTHING and self.selected is None

    def filters_text(self) -> str:
        """The choice as one text, for the log and the manifest."""
        parts = [self.filters.to_text(), self.selected_as]
        return "&".join(part for part in parts if part)

    def places(self, warehouse: Warehouse) -> np.ndarray:
        """The chosen procedures as places in the order of `outcomes`."""
        whole = read_cohort(warehouse)
        chosen = whole.chosen(self.filters)
        if self.selected is not None:
            ids = procedure_ids(warehouse)
            chosen = chosen & np.isin(ids, np.array(self.selected, dtype=object))
        return np.flatnonzero(chosen)


def _whole_years(filters: Filters) -> bool:
    first, last = filters.date_from, filters.date_to
    starts = first is None or first == date(first.year, 1, 1)
    ends = last is None or last == date(last.year, 12, 31)
    return starts and ends
