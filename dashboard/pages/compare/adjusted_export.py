"""The adjusted comparison of Compare as a table, for the command that exports it."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from dashboard.access.rights import lead_of_computer
from dashboard.pages.compare import case_mix_panel, compare
from dashboard.pages.compare.comparison_tables import Asked
from dashboard.pages.compare.risk_model_words import find_risks, too_few_sentence
from dashboard.text import phrases
from dashboard.view.reader_view import View, generation_in_service
from data.errors import UsageProblem
from queries.case_mix.risk_models import TooFew
from queries.catalogue.filters import Filters
from queries.catalogue.spans import EVERYTHING, USUAL_AGAINST, USUAL_SPAN, Span


def adjusted_figures(names: Sequence[str], by: str | None, filters: Filters) -> pd.DataFrame:
    """Units of each metric with crude and adjusted figures, as the page shows them: a year at most, to the last day.

    `UsageProblem` says what cannot be adjusted, and why.
    """
    for name in names:
        if name not in compare.ADJUSTED:
            raise UsageProblem(name, "is not adjusted", f"Choose from {', '.join(compare.ADJUSTED)}")
    view = _view_of(filters)
    # A registry is told of no operators.
    units = (view.unit,) if view.reader.in_registry else (view.unit, "operator")
    if by is None or by not in units:
        remedy = f"Give {' or '.join(f'--by {unit}' for unit in units)}"
        raise UsageProblem("--adjusted", "nothing is compared", remedy)
    if by == "operator" and compare.sites_to_choose(view):
        raise UsageProblem("--by operator", "operators are compared within one site", "Give --where site=NAME")
    return pd.concat([_adjusted_table(view, name, by) for name in names], ignore_index=True)


def _view_of(filters: Filters) -> View:
    """What whoever may use this computer's home sees: the days given, else the usual period."""
    path, info = generation_in_service()
    view = View(path, info, lead_of_computer(), filters)
    if filters.date_from or filters.date_to:
        return replace(view, span=EVERYTHING)
    span = Span(USUAL_SPAN, USUAL_AGAINST)
    first, last = view.days_of(span)
    return replace(view, filters=replace(filters, date_from=first, date_to=last), span=span)


def _adjusted_table(view: View, name: str, by: str) -> pd.DataFrame:
    asked = Asked(metric=name, by=by, view=compare.in_span(view, name), peers=(), around=view)
    risks = find_risks(asked.view, name)
    if isinstance(risks, TooFew):
        raise UsageProblem(name, too_few_sentence(risks).rstrip("."), "Leave --adjusted out, or choose later days")
    found = compare.compare_choice(asked)
    adjusted = case_mix_panel.adjust_units(asked.view, risks, case_mix_panel.filters_of_units(asked, found))
    table = case_mix_panel.ratio_table(asked, found, risks, adjusted)
    if table.empty:
        told = phrases.join_words(list(adjusted.in_fit)) or "no unit has ten cases and enough recorded"
        raise UsageProblem(name, f"nothing to compare: {told}", "Choose later days, or fewer filters")
    return table
