"""Single procedures for readers who may see them: a page of a list, and one procedure with why it counts."""

from dataclasses import dataclass

import pandas as pd

from dashboard.access.rights import require
from dashboard.view.local_numbers import local_numbers
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data.errors import StorageProblem, UsageProblem
from queries.catalogue.metrics import Metric, read_catalogue
from queries.explain.local_numbers import keys_of
from queries.explain.procedures import Procedure, list_procedures, places_of_keys, read_procedure
from queries.explain.reasons import metric_values_at, procedure_values
from queries.explain.selections import Behind, places_behind

ON_A_PAGE = 20


@dataclass(frozen=True)
class Listing:
    """A page of the procedures behind something, newest first.

    `rows`: columns of `queries.explain.procedures.list_procedures`, and its `status`, `value`, `category`, `reason`
    (not where procedures are merely counted: each is one), and `number` (the sender's own, empty text without the
    right or when it is not here).
    """

    total: int
    page: int
    pages: int
    rows: pd.DataFrame


def list_behind(view: View, behind: Behind, page: int = 1) -> Listing:
    """One page of the procedures behind a row of a figure, newest first. `page` counts from 1."""
    view.require("rows")
    warehouse = warehouse_of(view)
    places = places_behind(warehouse, view.filters, behind)[::-1]
    pages = max(1, -(-len(places) // ON_A_PAGE))
    page = min(max(page, 1), pages)
    shown = places[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    rows = list_procedures(warehouse, shown.tolist())
    if behind.metric != Behind().metric:
        answers = metric_values_at(warehouse, read_catalogue()[behind.metric], shown)
        rows = rows.join(answers[["status", "value", "category", "reason"]])
    return Listing(len(places), page, pages, rows.assign(number=_local_numbers(view, rows)))


def one_procedure(view: View, procedure_id: str) -> Procedure:
    """Everything known of one procedure. `UsageProblem` when there is none of this key at the reader's sites."""
    require("rows", reader=view.reader)
    found = read_procedure(warehouse_of(view), procedure_id)
    if found is None or (view.reader.sites is not None and found.facts["site"] not in view.reader.sites):
        raise UsageProblem("procedure", "there is none of this key in the records loaded now", "Choose one of the list")
    return found


def explain_procedure(view: View, procedure: Procedure, metrics: tuple[Metric, ...]) -> pd.DataFrame:
    """What a procedure answers to each metric, and because of what, as `queries.explain.reasons` gives it."""
    require("rows", procedure.facts["site"], reader=view.reader)
    return procedure_values(warehouse_of(view), procedure.facts["procedure_id"], metrics)


def find_procedures(view: View, number: str) -> pd.DataFrame:
    """The procedures of a sender's number, of a procedure or a patient, at the reader's sites, newest first.

    Columns as `queries.explain.procedures.list_procedures`. The number is looked up and kept nowhere.
    """
    require("local_numbers", reader=view.reader)
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
