"""Sites, or operators of one site, that differ on the overview's figures of the period shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.access.rights import requires
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View
from queries.catalogue.filters import NOT_RECORDED
from queries.catalogue.metrics import read_catalogue
from queries.statistics.funnel import find_differing_pairs

# Figures that are compared: their names in a sentence about two units, and in one about all.
FIGURES = {
    "responders_50_hours_24_72": ("Halved pain", "pain relief"),
    "home_ready_within_6_hours": ("Ready within 6 hours", "recovery"),
    "day_case_completed": ("Same day", "same-day discharge"),
}
UNITS = {"site": "Sites", "hospital": "Hospitals", "operator": "Operators"}
PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The two units that lie furthest apart on a figure, by name; rows of `summarise`."""

    metric: str
    key: str
    units: tuple[Mapping[str, Any], Mapping[str, Any]]

    @property
    def sentence(self) -> str:
        """`Same day: Northfield 61 %, Riverside 92 %, not adjusted; look into`."""
        shares = (f"{row['group']} {share}" for row, share in zip(self.units, self._shares, strict=True))
        return f"{FIGURES[self.metric][0]}: {', '.join(shares)}, not adjusted; look into"

    @property
    def short(self) -> str:
        """`Sites differ: same day 61 %, 92 %`, for where the units stand beside it."""
        named = FIGURES[self.metric][0].lower()
        return f"{UNITS[self.key]} differ: {named} {', '.join(self._shares)}"

    @property
    def _shares(self) -> list[str]:
        return [percent_text(PERCENT * row["numerator"] / row["recorded"]) for row in self.units]

    @property
    def to_look_into(self) -> str:
        """The unit on the side that is not better."""
        pick = min if read_catalogue()[self.metric].header.better == "higher" else max
        return str(pick(self.units, key=lambda row: row["value"])["group"])


@requires("exact_figures")
def differing_sites(view: View) -> Iterator[Difference]:
    """The widest pair of each figure on which two units differ by more than chance.

    Every unit has 20 cases and a plain gate; what is found is shared between all pairs and figures. Not adjusted.
    """
    keys: list[str] = [view.unit] if len(view.values(view.unit)) > 1 else []
    if view.reader.has("operator_names") and len(view.filters["site"] or view.values("site")) == 1:
        keys.append("operator")
    for key in keys:
        for metric in FIGURES:
            found = _compare_figure(view, metric, key, len(FIGURES) * len(keys))
            if found is not None:
                yield found


def differing_sentence(view: View, metric: str) -> str:
    """Where units differ on one figure, for its own page: `Sites differ: Northfield 61 %, …`; empty where none do."""
    found = (one for one in differing_sites(view) if one.metric == metric)
    return " ".join(f"{UNITS[one.key]} differ: {one.sentence.partition(': ')[2]}." for one in found)


def differing_words(differences: list[Difference]) -> str:
    """All of them in a sentence: `Sites differ in recovery and same-day discharge.`; empty for none."""
    told = []
    for key, noun in UNITS.items():
        names = [FIGURES[one.metric][1] for one in differences if one.key == key]
        if names:
            told.append(f"{noun} differ in {' and '.join(names) if len(names) < 3 else 'all three shares'}.")
    return " ".join(told)


def _compare_figure(view: View, metric: str, key: str, figures: int) -> Difference | None:
    rows = [row for row in view.rows(metric, by=key) if row["gate"] == "plain" and row["group"] != NOT_RECORDED]
    pairs = find_differing_pairs([row["numerator"] for row in rows], [row["recorded"] for row in rows], figures)
    if not pairs:
        return None
    widest = max(pairs, key=lambda pair: abs(pair.difference))
    first, second = sorted((rows[widest.first], rows[widest.second]), key=lambda row: str(row["group"]))
    return Difference(metric=metric, key=key, units=(first, second))
