"""What the board report holds, in its order."""

import base64
from datetime import date

import pandas as pd
from markupsafe import Markup

from dashboard.exports.bundle.restatement_table import NUMBER_WORDS, number_words, restatement_rows
from dashboard.exports.report import document
from dashboard.exports.report.document import Section
from dashboard.exports.report.numbers import HEADLINES, Scope, card_rows, headline_table
from dashboard.exports.report.pictures import department_charts, outside_charts, watched_trends
from dashboard.text import phrases
from dashboard.text.department import read_department
from data.errors import UsageProblem
from data.home import Home
from data.settings import read_disclosure
from queries.catalogue.metric_versions import find_metric
from queries.catalogue.periods import Period
from queries.explain import record_quality
from queries.figures.outside.outside_readers import NOT_SIGNED, closed_until
from queries.trends.annotations import Note, notes_of, rebases_of, registrations_of, targets_of
from queries.trends.trend import Rebase
from queries.trends.what_changed import what_changed

TITLE = "Vertebroplasty outcomes"
CHANGE_NOTE = "Change after treatment, never the effect of it. Figures count procedures; missing is never zero."


def month_of(text: str | None, as_of: date | None) -> Period:
    """The month asked for, else the last one that is over. `UsageProblem` when it is not a month, or not over."""
    closed = closed_until(as_of)
    if text is None:
        if closed is None:
            raise UsageProblem("--month", "there are no records", "Load some first")
        return Period(closed.replace(day=1), "month")
    try:
        month = Period(date.fromisoformat(f"{text}-01"), "month")
    except ValueError:
        raise UsageProblem("--month", "is not a month", "Write YYYY-MM") from None
    if closed is None or month.end > closed:
        raise UsageProblem("--month", "is not over in the records", f"The last one that is over ends {closed}")
    return month


def board_report(home: Home, scope: Scope) -> str:
    """The report as HTML. The same scope of the same generation gives the same bytes."""
    of_department = scope.audience == "department"
    notes = list(notes_of(home, sites=None if scope.site is None else frozenset({scope.site}))) if of_department else []
    targets = targets_of(home) if of_department else {}
    sections = []
    if of_department:
        found = watched_trends(scope, _rebases_in_scope(home, scope), registrations_of(home), targets)
        what = what_changed(found)
        sections.append(Section("What changed", document.paragraphs_html([*what.sentences, what.otherwise])))
        charts = department_charts(scope, found, notes)
    else:
        charts = outside_charts(scope)
    table = headline_table(scope, targets)
    figures = document.figures_html(table) + document.paragraphs_html([CHANGE_NOTE])
    sections.append(Section("Figures", document.cards_html(card_rows(table)) + figures if of_department else figures))
    drawn = Markup("").join(
        document.chart_html(figure, note, place) for place, (figure, note) in enumerate(charts, start=1)
    )
    sections.append(Section("Charts", drawn or document.paragraphs_html(["Nothing to draw yet."])))
    if of_department:
        sections += _for_the_department(home, scope, notes)
    sections.append(Section("Definitions", document.definitions_html([_definition_entry(name) for name in HEADLINES])))
    title, logo = f"{TITLE}: {_site_words(scope)}", _logo_address(home)
    return document.document_html(title, _title_lines(scope), sections, len(charts), logo)


def _logo_address(home: Home) -> str:
    """The department's logo as an address that holds it; empty without one."""
    path = home.settings / read_department().logo
    if not path.is_file():
        return ""
    kind = "svg+xml" if path.suffix == ".svg" else "png"
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _site_words(scope: Scope) -> str:
    return f"{scope.site or 'all sites'}, {phrases.month_words(scope.month.start)}"


def _title_lines(scope: Scope) -> list[str]:
    info = scope.warehouse.info
    lines = [f"Records to {phrases.day_words(info.as_of)} · generation {info.generation}"]
    if info.is_synthetic:
        lines.append("Synthetic data: nobody's records")
    if left_out := scope.left_out_words():
        lines.append(left_out)
    if scope.audience == "department":
        return [*lines, "For the department that treats these patients: exact figures. Do not pass on."]
    rule, signed = read_disclosure().in_force, scope.warehouse.signed_off or NOT_SIGNED
    shown = "nothing is signed off yet: figures of the generation in service" if signed == NOT_SIGNED else signed
    return [
        *lines,
        f"For readers outside the department: counts from 1 to {rule.hide_up_to} are hidden ({rule.title}),",
        f"{rule.zeros_words}, the rest rounded to {rule.round_to}, and rates are of rounded numbers.",
        f"Signed off: {shown}",
    ]


def _rebases_in_scope(home: Home, scope: Scope) -> list[tuple[str, Rebase]]:
    return [
        (one.metric, Rebase(one.start, one.reason, one.author))
        for one in rebases_of(home)
        if one.start is not None and one.site in (None, scope.site)
    ]


def _for_the_department(home: Home, scope: Scope, notes: list[Note]) -> list[Section]:
    """Notes, restated figures, and how good the records are."""
    written = pd.DataFrame(
        [(note.on, note.text, note.site or "every site", note.author) for note in notes],
        columns=["day", "note", "site", "by"],
    )
    whole = scope.site is None
    told = _quality_lines(scope) if whole else _quality_at(scope, str(scope.site))
    restated = _readable_restatements(restatement_rows(home, scope.warehouse, scope.site))
    return [
        Section("Notes", document.table_html(written)),
        Section("Figures restated since they were signed off", document.table_html(restated)),
        Section("Data quality", document.paragraphs_html(told)),
    ]


def _readable_restatements(rows: pd.DataFrame) -> pd.DataFrame:
    """Signed numbers that are others now, in words; what the definition that was signed says now where it changed."""
    told = pd.DataFrame(
        {
            "month": [phrases.month_words(date.fromisoformat(f"{month}-01")) for month in rows["month"]],
            "figure": [find_metric(name).title for name in rows["metric"]],
            "number": rows["figure"].replace(NUMBER_WORDS),
            "signed": [number_words(value) for value in rows["signed"]],
            "now": [number_words(value) for value in rows["now"]],
            "now, as defined when signed": [number_words(value) for value in rows["now_as_signed"]],
            "because": rows["cause"],
        }
    )
    is_redefined = (rows["signed_version"] != rows["version"]).any()
    return told if is_redefined else told.drop(columns="now, as defined when signed")


def _quality_at(scope: Scope, site: str) -> list[str]:
    """What is in use of a site; whole files and checks hold other sites' records too."""
    rows = record_quality.records_by_site(scope.warehouse)
    counts = rows[rows["site"] == site].groupby("kind")["records"].sum()
    told = ", ".join(f"{int(count):,} {str(kind).replace('_', ' ')}" for kind, count in counts.items())
    return [f"Records of this site in use: {told}. Files and checks hold every site: see the report of all sites."]


def _quality_lines(scope: Scope) -> list[str]:
    files = record_quality.list_files(scope.warehouse)
    checks = record_quality.check_results(scope.warehouse)
    failed = checks[checks["status"] == "failed"]
    passed = int((checks["status"] == "passed").sum())
    rows = phrases.count_of(int(files["rows_loaded"].sum()), int(files["rows_read"].sum()))
    told = [f"{rows} rows of all files are in use; {phrases.count_of(passed, passed + len(failed))} checks passed."]
    return told + [
        f"{phrases.broken_check(one.title, one.violations, one.of, one.examined)}." for one in failed.itertuples()
    ]


def _definition_entry(name: str) -> tuple[str, str]:
    metric = find_metric(name)
    header = metric.header
    parts = [metric.question, f"Counted: {header.eligible}.", header.caveat, f"{header.source}."]
    return metric.title, " ".join(part for part in parts if part) + f" Version {header.version}."
