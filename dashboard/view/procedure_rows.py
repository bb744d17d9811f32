"""Single procedures for readers who may see them: a page of a list, and one procedure with why it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.access.rights import require, requires
from dashboard.view.local_numbers import local_numbers
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data.errors import StorageProblem, UsageProblem
from queries.catalogue.filters import NOT_RECORDED
from queries.catalogue.metrics import Metric, read_catalogue
from queries.explain.local_numbers import keys_of
from queries.explain.procedures import Procedure, list_procedures, places_of_keys, read_procedure
from queries.explain.reasons import metric_values_at, procedure_values
from queries.explain.selections import Behind, places_behind
from queries.figures.answers import metric_answers
from queries.figures.cohort import read_cohort

ON_A_PAGE = 50
# What a list can be sorted by: a figure's value, or a key of the procedures; newest first without.
SORTED_BY_VALUE = {
    "vertebrae": "mean_levels",
    "before": "pain_score_baseline",
    "hours_24_72": "pain_score_hours_24_72",
    "follow_up": "pain_score_follow_up",
    "ready": "recovery_hours",
    "home": "stay_hours",
    "event": "any_complication",
}
SORTED_BY_KEY = ("site", "operator")
SORTS = ("day", *SORTED_BY_KEY, *SORTED_BY_VALUE)
MOST_IN_A_FILE = 1_000_000
# Columns of the table and of its files, in order.
FILE_COLUMNS = {
    "performed_on": "date",
    "site": "site",
    "operator": "operator",
    "vertebrae": "vertebrae",
    "pain_before": "pain_before",
    "pain_hours_24_72": "pain_24_72_hours",
    "pain_follow_up": "pain_1_2_weeks",
    "recovery_hours": "hours_until_ready",
    "home": "home",
    "event": "event",
    "answer": "answer",
    "reason": "because",
}


@dataclass(frozen=True)
class Listing:
    """A page of the procedures behind something.

    `rows`: columns of `queries.explain.procedures.list_procedures`, and its `status`, `value`, `category`, `reason`
    (not where procedures are merely counted: each is one), and `number` (the sender's own, empty text without the
    right or when it is not here).
    """

    total: int
    page: int
    pages: int
    rows: pd.DataFrame


@requires("rows")
def list_behind(view: View, behind: Behind, page: int = 1, sort: str = "", on_a_page: int | None = None) -> Listing:
    """One page of the procedures behind a row of a figure. `page` counts from 1.

    `sort` is one of `SORTS`, with a minus before it for the other way round; newest first without. What is not recorded
    stands last.
    """
    warehouse = warehouse_of(view)
    places = _sorted_places(view, places_behind(warehouse, view.filters_of(behind.metric), behind), sort)
    on_a_page = on_a_page or ON_A_PAGE
    pages = max(1, -(-len(places) // on_a_page))
    page = min(max(page, 1), pages)
    shown = places[(page - 1) * on_a_page : page * on_a_page]
    rows = list_procedures(warehouse, shown.tolist())
    if behind.metric != Behind().metric:
        answers = metric_values_at(warehouse, read_catalogue()[behind.metric], shown)
        rows = rows.join(answers[["status", "value", "category", "reason"]])
    return Listing(len(places), page, pages, rows.assign(number=_local_numbers(view, rows)))


def _sorted_places(view: View, places: np.ndarray, sort: str) -> np.ndarray:
    """Places of procedures in the order asked for; those before are the newest first among equals."""
    newest, name = places[::-1], sort.removeprefix("-")
    if name not in SORTS or name == "day":
        return places if sort == "day" else newest
    warehouse = warehouse_of(view)
    if name in SORTED_BY_KEY:
        codes = read_cohort(warehouse).codes(name)
        values, known = codes.places.astype(float), codes.places < len(codes.values) - (NOT_RECORDED in codes.values)
    else:
        answers = metric_answers(warehouse, read_catalogue()[SORTED_BY_VALUE[name]])
        values, known = answers.value, answers.recorded
    ordered = np.where(known, -values if sort.startswith("-") else values, np.inf)
    return newest[np.argsort(ordered[newest], kind="stable")]


@requires("exports")
def listed_file(view: View, behind: Behind, sort: str, answer_words: Callable[[Any, str], str]) -> pd.DataFrame:
    """The whole list as the table of a file: what the page shows, all of its pages. Needs the right to exports."""
    rows = list_behind(view, behind, 1, sort, on_a_page=MOST_IN_A_FILE).rows
    if behind.metric != Behind().metric:
        rows = rows.assign(answer=[answer_words(row, behind.metric) for row in rows.itertuples()])
    else:
        rows = rows.drop(columns=["reason"], errors="ignore")
    return rows[[name for name in FILE_COLUMNS if name in rows]].rename(columns=FILE_COLUMNS)


@requires("rows")
def one_procedure(view: View, procedure_id: str) -> Procedure:
    """Everything known of one procedure. `UsageProblem` when there is none of this key at the reader's sites."""
    found = read_procedure(warehouse_of(view), procedure_id)
    if found is None or (view.reader.sites is not None and found.facts["site"] not in view.reader.sites):
        raise UsageProblem("procedure", "there is none of this key in the records loaded now", "Choose one of the list")
    return found


@requires("rows")
def explain_procedure(view: View, procedure: Procedure, metrics: tuple[Metric, ...]) -> pd.DataFrame:
    """What a procedure answers to each metric, and because of what, as `queries.explain.reasons` gives it.

    Metrics of a timepoint that concern nobody are left out, as those of a questionnaire that nobody answered.
    """
    require("rows", procedure.facts["site"], reader=view.reader)
    warehouse = warehouse_of(view)
    concerned = (one for one in metrics if not one.timepoint or metric_answers(warehouse, one).state.any())
    return procedure_values(warehouse, procedure.facts["procedure_id"], concerned)


@requires("local_numbers")
def find_procedures(view: View, number: str) -> pd.DataFrame:
    """The procedures of a sender's number, of a procedure or a patient, at the reader's sites, newest first.

    Columns as `queries.explain.procedures.list_procedures`. The number is looked up and kept nowhere.
    """
    keys = keys_of(home_in_service(), number.strip())
    rows = places_of_keys(warehouse_of(view), keys["procedure"], keys["patient"])
    sites = view.reader.sites
    places = [place for place, site in rows if sites is None or site in sites]
    return list_procedures(warehouse_of(view), sorted(places, reverse=True))


def numbers_of(view: View, procedure: Procedure) -> str:
    """The sender's own numbers in words; empty without the right, or what to do when they are not here."""
    record = pd.DataFrame([{name: procedure.facts[name] for name in ("procedure_id", "patient_key", "site")}])
    if not view.reader.has("local_numbers"):
        return ""
    try:
        told = local_numbers(view.reader, home_in_service(), record).iloc[0]
    except StorageProblem as error:
        return f"Local record numbers: {error.what}. {error.remedy}."
    return f"Local record number {told['procedure_number']}, patient {told['patient_number']}"


def _local_numbers(view: View, rows: pd.DataFrame) -> list[str]:
    if not view.reader.has("local_numbers") or rows.empty:
        return [""] * len(rows)
    try:
        return list(local_numbers(view.reader, home_in_service(), rows)["procedure_number"])
    except StorageProblem:
        return [""] * len(rows)
