"""README.txt of a bundle: what was chosen, who counts, what is left out, how to check it."""

from textwrap import fill

import pandas as pd

from dashboard.exports.bundle.order import DESCRIBED, Order, Profile
from dashboard.text.phrases import other_techniques
from data.home import department_home
from queries.catalogue.filters import Filters
from queries.figures.cohort import read_cohort
from queries.figures.gates import FIRM
from queries.figures.own_metrics import read_own
from queries.warehouse import Warehouse

WIDTH = 100


def readme_text(order: Order, warehouse: Warehouse, filters: Filters, procedures: int, alone: pd.DataFrame) -> str:
    """Plain text. `filters` as the profile may tell them; `alone` are the figures that are not split."""
    info = warehouse.info
    left_out = read_cohort(warehouse).count_left_out(order.filters)
    others = f"; {other_techniques(left_out)}" if left_out else ""
    open_about_dates = order.profile is not Profile.SAFE_HARBOR
    parts = [
        "Vertebroplasty outcomes: row-level export",
        f"Profile: {order.profile}: {DESCRIBED[order.profile]}.",
        f"Chosen: {'; '.join(filter(None, (words_of(filters), order.selected_as)))}: {procedures} procedures{others}.",
        f"Generation {info.generation}"
        + (f", records to {info.as_of}" if open_about_dates and info.as_of else "")
        + ("; SYNTHETIC DATA, nobody's records." if info.is_synthetic else "."),
    ]
    if order.recipient:
        parts.append(f"Made for: {order.recipient}.")
    parts += [
        (
            "Every row of every table that the profile allows is here; nothing is cut. Unit of analysis: the procedure "
            "(one session; several vertebrae in one session are one procedure)."
        ),
        (
            "Denominators: for every metric, procedures = eligible + exclusions (exclusions.csv gives the rule for "
            "each procedure); eligible = recorded + missing; a share is numerator of recorded. Missing is never zero. "
            "metric_values.csv says of every procedure and metric what it counts as and why; definitions.csv holds the "
            "question, who counts, and the SQL that ran."
        ),
        (
            "Suppression: none. These are single records: small counts are not hidden and nothing is rounded. Figures "
            "made to leave the department are another file: python -m dashboard export --audience outside."
        ),
        (
            "Cells: an empty cell = not recorded; times are UTC; dates are those of the hospital; text that a "
            "spreadsheet would run as a formula has an apostrophe before it."
        ),
        (
            "Check: python -m dashboard reconcile FILE.zip recomputes the figures from these files alone and compares "
            "every file with manifest.json."
        ),
    ]
    parts.append(f"Not in it: {not_in_it()}.")
    if order.workbooks:
        parts.append(
            "Workbooks (.xlsx) hold the same rows as the CSV of the same name; a table with more rows, or longer text, "
            "than a sheet can hold has none, and nothing is cut."
        )
    if order.profile is Profile.SAFE_HARBOR:
        parts.insert(
            5,
            "No dates: days and hours count from the procedure. Ages of 90 and more are 90+. Ids, sites and operators "
            "are made for this recipient under a secret that stays with the department; rows are in no order of time. "
            "Days from procedure to delivery are left out, because with the day of a delivery they are a date. Text "
            "as written by staff is left out.",
        )
    figures = [_figure_line(row) for row in alone.to_dict("records") if pd.isna(row["category"])]
    return "\n\n".join(fill(part, WIDTH) for part in parts) + "\n\nFigures\n" + "".join(figures)


def not_in_it() -> str:
    """What pages show and no bundle holds, and how it is had."""
    own = ", ".join(one.name for one in read_own(department_home().settings).metrics)
    adjusted = "figures adjusted for case mix (python -m dashboard export METRIC --by site --adjusted)"
    return f"{adjusted}; the hospital's own metrics ({own}: python -m dashboard export NAME)" if own else adjusted


def words_of(filters: Filters) -> str:
    """Filters in words: `site is Riverside; from 2026-01-01`."""
    parts = [f"{key.replace('_', ' ')} is {' or '.join(picked)}" for key, picked in filters.values]
    parts += [f"{name} {day}" for name, day in (("from", filters.date_from), ("to", filters.date_to)) if day]
    return "; ".join(parts) or "everything, no filter"


def _figure_line(row: dict) -> str:
    """A figure as far as its gate allows: counts alone of few, or where too little is known."""
    may_say = row["gate"] in FIRM or row["statistic"] == "count"
    value = f"{row['value']:.1f} {row['unit']}" if may_say and not pd.isna(row["value"]) else ""
    followed = "" if pd.isna(row["followed_up_of"]) else f"; {row['followed_up']:.0f} followed up"
    counted = "" if row["numerator"] is None or pd.isna(row["numerator"]) else f"{row['numerator']} of "
    return (
        f"{row['metric']:<40} {value:<22} {counted}{row['recorded']} recorded of {row['eligible']} eligible"
        f" of {row['procedures']}{followed}\n"
    )
