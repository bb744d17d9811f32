"""How a test calls each function that `requires` a right, with nothing but a view."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pandas as pd

from dashboard.exports import figure_downloads, row_downloads
from dashboard.journal import call_list, heard_scores, looks, notes, registrations, reviews, sign_offs, targets
from dashboard.links.drill_through import Behind
from dashboard.pages import ours, published
from dashboard.pages.accounts import accounts_shown, audit_shown, end_sign_ins_of, signed_in_shown
from dashboard.pages.compare import case_mix_panel, compare, risk_course, risk_model_words
from dashboard.pages.data_quality import ascertainment, data_quality, field_completeness, last_load, site_quality
from dashboard.pages.follow_up import leftover_scores
from dashboard.pages.levels_treated import selection_snapshot
from dashboard.pages.overview import attention, differences, waiting_work
from dashboard.pages.own_results import own_figures
from dashboard.pages.pain_relief import moved_windows
from dashboard.view import event_watch, lost_to_follow_up, open_generations, procedure_rows, reader_view, safety_events
from dashboard.view.local_numbers import local_numbers
from dashboard.view.pool import pooled_hospitals
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import view_trends
from data.home import Home
from data.journal import HEARD_SCORE, Journal
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue, read_curves
from queries.catalogue.spans import Span
from queries.explain.calls_due import Call
from queries.figures.own_metrics import OwnMetric
from queries.trends.annotations import Counts, Note, Registration

NOBODY = "0" * 32
OWN = OwnMetric("own", read_catalogue()["multi_level"].header, read_catalogue()["multi_level"].sql)


def somebody(view: View) -> str:
    """A procedure's key."""
    found = open_generations.open_warehouse(view.path).rows(
        "select procedure_id from outcomes order by procedure_id limit 1"
    )
    return str(found[0][0])


def in_pool(ask: Callable[[View], object]) -> Callable[[View], object]:
    """A function of a registry's pool; a department's generation has no table of hospitals to ask."""

    def ask_department(view: View) -> object:
        with suppress(duckdb.CatalogException):
            return ask(view)
        return None

    return ask_department


def closing_of(procedure: str) -> call_list.Closing:
    return call_list.Closing(
        id=1,
        procedure_id=procedure,
        timepoint="hours_24_72",
        reason="reached",
        author="somebody",
        at="2026-01-01T00:00:00Z",
    )


def call_of(procedure: str) -> Call:
    return Call(
        procedure_id=procedure,
        patient_key=NOBODY,
        timepoint="hours_24_72",
        label="",
        performed_on=date(2026, 1, 1),
        site=None,
        vertebrae="L1",
        baseline=8.0,
        hours_left=1.0,
        opens_in=0.0,
    )


def heard_score(view: View) -> int:
    """The number of a score that somebody entered."""
    payload = {"procedure_id": somebody(view), "timepoint": "hours_24_72", "time_zone": "UTC"}
    words = '{"measured_at": "2026-01-14T10:00", "score": "4", "context": "rest"}'
    return Journal(reader_view.home_in_service().journal).append(HEARD_SCORE, NOBODY, payload, "nurse", words)


ASKED_AT = datetime.fromisoformat("2026-01-14T10:00")
NO_RECORDS = pd.DataFrame(columns=["procedure_id", "patient_key", "site"])
NOTE = Note(
    id=1,
    on=date(2026, 1, 1),
    text="words",
    topics=("pain",),
    site=None,
    author="somebody",
    at="2026-01-01T00:00:00Z",
    proposes_rebase=False,
    first_id=1,
)
REGISTRATION = Registration(
    id=1,
    metric="multi_level",
    on=date(2026, 1, 1),
    run_in=0,
    what="words",
    choice="",
    sites=(),
    version=1,
    before=Counts(successes=(1,), n=(2,), eligible=2),
    is_in_advance=True,
    is_intact=True,
    author="somebody",
    at="2026-01-01T00:00:00Z",
)
# A model after whose cases there are none.
FITTED = SimpleNamespace(
    first=date(2098, 1, 1), last=date(2099, 1, 1), metric=SimpleNamespace(name="day_case_completed"), filters=Filters(),
    settings=SimpleNamespace(model_dump_json=lambda: "{}"),
)  # fmt: skip
CALLS = {
    "View.figures": lambda view: view.figures("procedures"),
    "published.signature_sentence": published.signature_sentence,
    "View.values": lambda view: view.values("site"),
    "View.whole": lambda view: view.whole,
    "View.within": lambda view: view.within((None, date(2026, 1, 1))),
    "View.filters_of": lambda view: view.filters_of("procedures"),
    "View.days_of": lambda view: view.days_of(Span("last-month")),
    "View.before": lambda view: view.before("procedures"),
    "View.figure": lambda view: view.figure("procedures"),
    "View.rows": lambda view: view.rows("procedures"),
    "View.extent": lambda view: view.extent(),
    "View.count_left_out": lambda view: view.count_left_out(),
    "View.curve": lambda view: view.curve(next(iter(read_curves())), (1, 2)),
    "View.quantiles": lambda view: view.quantiles("recovery_hours"),
    "View.by_vertebra": lambda view: view.by_vertebra("responders_50_hours_24_72"),
    "View.day_case_noun": lambda view: view.day_case_noun(),
    "View.by_answer": lambda view: view.by_answer("responders_50_hours_24_72", "multi_level"),
    "reader_view.warehouse_of": warehouse_of,
    "lost_to_follow_up.find_lost": lambda view: lost_to_follow_up.find_lost(view, "hours_24_72"),
    "view_trends.step_of": lambda view: view_trends.step_of(view, "mean_levels"),
    "compare.in_span": lambda view: compare.in_span(view, "mean_levels"),
    "risk_model_words.find_risks": lambda view: risk_model_words.find_risks(view, "day_case_completed"),
    "risk_course.follow_course": lambda view: risk_course.follow_course(view, FITTED),
    "case_mix_panel.adjust_units": lambda view: case_mix_panel.adjust_units(view, None, {}),
    "waiting_work.marked_shares": waiting_work.marked_shares,
    "attention.find_items": attention.find_items,
    "attention.needs_attention": attention.needs_attention,
    "differences.differing_sites": lambda view: list(differences.differing_sites(view)),
    "event_watch.watch_events": event_watch.watch_events,
    "looks.last_look": looks.last_look,
    "looks.changes_since": lambda view: looks.changes_since(view, looks.Look("gen-none.duckdb", date(2026, 1, 1))),
    "safety_events.event_rows": safety_events.event_rows,
    "procedure_rows.list_behind": lambda view: procedure_rows.list_behind(view, Behind()),
    "procedure_rows.listed_file": lambda view: procedure_rows.listed_file(view, Behind(), "", lambda *_: ""),
    "procedure_rows.one_procedure": lambda view: procedure_rows.one_procedure(view, NOBODY),
    "procedure_rows.explain_procedure": lambda view: procedure_rows.explain_procedure(
        view, SimpleNamespace(facts={"site": None, "procedure_id": NOBODY}), ()
    ),
    "procedure_rows.find_procedures": lambda view: procedure_rows.find_procedures(view, "N001"),
    "reviews.record_review": lambda view: reviews.record_review(view, somebody(view), None, "words"),
    "local_numbers.local_numbers": lambda view: local_numbers(view.reader, Home(Path("/nonexistent")), NO_RECORDS),
    "pooled_hospitals.pooled_hospitals": in_pool(pooled_hospitals.pooled_hospitals),
    "pooled_hospitals.yearly_cells": in_pool(lambda view: pooled_hospitals.yearly_cells(view, ("procedures",))),
    "pooled_hospitals.peer_groups": in_pool(pooled_hospitals.peer_groups),
    "pooled_hospitals.late_words": in_pool(pooled_hospitals.late_words),
    "pooled_hospitals.pool_words": in_pool(pooled_hospitals.pool_words),
    "call_list.call_list": call_list.call_list,
    "call_list.workup_list": call_list.workup_list,
    "call_list.close_call": lambda view: call_list.close_call(view, somebody(view), "hours_24_72", "declined"),
    "call_list.take_back": lambda view: call_list.take_back(view, closing_of(somebody(view))),
    "call_list.recent_closings": call_list.recent_closings,
    "call_list.count_recovered": call_list.count_recovered,
    "heard_scores.enter_score": lambda view: heard_scores.enter_score(
        view, call_of(somebody(view)), 4.0, "rest", ASKED_AT
    ),
    "heard_scores.undo_score": lambda view: heard_scores.undo_score(view, heard_score(view)),
    "heard_scores.scores_waiting": heard_scores.scores_waiting,
    "call_list.capture_of": lambda view: call_list.capture_of(view, "hours_24_72"),
    "notes.notes_for": notes.notes_for,
    "notes.rebases_of_metric": lambda view: notes.rebases_of_metric(view, "mean_levels"),
    "notes.explanations_of_metric": lambda view: notes.explanations_of_metric(view, "mean_levels"),
    "notes.add_note": lambda view: notes.add_note(view, date(2026, 1, 1), text="words", topics=("pain",)),
    "notes.correct_note": lambda view: notes.correct_note(view, NOTE, date(2026, 1, 1), "other words"),
    "notes.withdraw_note": lambda view: notes.withdraw_note(view, NOTE),
    "notes.rebase_metric": lambda view: notes.rebase_metric(
        view, "responders_50_hours_24_72", date(2026, 1, 1), "reason"
    ),
    "notes.explain_cause": lambda view: notes.explain_cause(
        view, "mean_levels", first="2026-01", last="2026-03", words="words"
    ),
    "registrations.looks_of_metric": lambda view: registrations.looks_of_metric(view, "multi_level"),
    "registrations.register_change": lambda view: registrations.register_change(
        view, "multi_level", date(2026, 1, 1), what="words"
    ),
    "registrations.withdraw_registration": lambda view: registrations.withdraw_registration(view, REGISTRATION),
    "sign_offs.signed_months": sign_offs.signed_months,
    "sign_offs.closed_months": sign_offs.closed_months,
    "sign_offs.figures_of": lambda view: sign_offs.figures_of(view, "2026-03"),
    "sign_offs.find_restatements": sign_offs.find_restatements,
    "targets.set_target": lambda view: targets.set_target(view, "day_case_completed", 75.0, date(2026, 1, 1)),
    "sign_offs.sign_off": lambda view: sign_offs.sign_off(view, "2026-03"),
    "sign_offs.withdraw_sign_off": lambda view: sign_offs.withdraw_sign_off(view, "2026-01", ""),
    "data_quality.read_quality": data_quality.read_quality,
    "data_quality.month_table": data_quality.month_table,
    "data_quality.sender_facts": data_quality.sender_facts,
    "data_quality.load_facts": data_quality.load_facts,
    "moved_windows.move_windows": lambda view: moved_windows.move_windows(view, "follow_up"),
    "leftover_scores.read_fates": leftover_scores.read_fates,
    "leftover_scores.leftover_file": leftover_scores.leftover_file,
    "selection_snapshot.judge_selection": selection_snapshot.judge_selection,
    "ascertainment.read_ascertainment": ascertainment.read_ascertainment,
    "field_completeness.read_completeness": field_completeness.read_completeness,
    "last_load.read_last": last_load.read_last,
    "site_quality.site_records": site_quality.site_records,
    "site_quality.scored_by_month": site_quality.scored_by_month,
    "figure_downloads.fetch_download": lambda view: figure_downloads.fetch_download(view.reader, NOBODY),
    "row_downloads.prepare_bundle": lambda view: row_downloads.prepare_bundle(
        view, row_downloads.Profile.LIMITED, recipient="", purpose="", behind=Behind()
    ),
    "row_downloads.prepare_report": row_downloads.prepare_report,
    "row_downloads.fetchable_export": lambda view: row_downloads.fetchable_export(view.reader, NOBODY),
    "row_downloads.my_exports": row_downloads.my_exports,
    "own_figures.count_own": lambda view: own_figures.count_own(view.reader),
    "own_figures.read_own": lambda view: own_figures.read_own(view.reader, own_figures.MEASURES[0]),
    "ours.read_ours": ours.read_ours,
    "ours.our_table": lambda view: ours.our_table(view, OWN),
    "ours.closed_filters": lambda view: ours.closed_filters(view, OWN),
    "accounts.accounts_shown": lambda view: accounts_shown(view.reader),
    "accounts.signed_in_shown": lambda view: signed_in_shown(view.reader),
    "accounts.end_sign_ins_of": lambda view: end_sign_ins_of(view.reader, "nobody"),
    "accounts.audit_shown": lambda view: audit_shown(view.reader),
}
# Without the right to local numbers these give empty words, and no error.
NUMBERS = {
    "procedure_rows.numbers_of": lambda view: procedure_rows.numbers_of(
        view, SimpleNamespace(facts={"site": None, "procedure_id": NOBODY, "patient_key": NOBODY})
    ),
    "call_list.numbers_beside": lambda view: call_list.numbers_beside(view, [call_of(somebody(view))]),
}
# Called with nothing there, these say so to whoever has the right; making a report is tested with the report.
SAY_SO = (
    "row_downloads.prepare_report",
    "sign_offs.withdraw_sign_off",
    "procedure_rows.find_procedures",
    "call_list.take_back",
    "procedure_rows.one_procedure",
    "procedure_rows.explain_procedure",
    "local_numbers.local_numbers",
    "reviews.record_review",
    "registrations.register_change",
    "call_list.close_call",
    "row_downloads.fetchable_export",
    "figure_downloads.fetch_download",
)
