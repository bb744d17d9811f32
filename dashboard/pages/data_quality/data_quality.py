"""Data quality: what the files held, which checks failed, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from dashboard.access.rights import may_see, requires
from dashboard.charts.trends.volumes import records_by_month
from dashboard.pages.data_quality import arrival_delays, ascertainment, field_completeness, last_load, site_quality
from dashboard.text import phrases
from dashboard.text.templates import render_html
from dashboard.text.theme import Theme, percent_text
from dashboard.view.reader_view import View, current_view, home_in_service, warehouse_of
from dashboard.widgets import page_parts, tables
from data.journal import Journal
from queries.catalogue.filters import EVERYTHING
from queries.catalogue.metrics import read_catalogue
from queries.explain import record_quality
from queries.explain.weighed_scores import procedures_scored

CATEGORY_TITLES = {
    "conformance": "Do rows keep to the form?",
    "completeness": "Is what matters there?",
    "plausibility": "Can it be true?",
}
KIND_TITLES = {
    "procedures": "procedures",
    "pain_scores": "pain scores",
    "complications": "complications",
    "contacts": "contacts",
}
LOADS_SHOWN = 12
FILES_SHOWN = 30
FINDINGS_SHOWN = 100
ABOUT = "All techniques and periods: the bar above does not apply."
ABOUT_CHECKS = "A check that has nothing to examine says so and does not count as passed."


@dataclass(frozen=True)
class Quality:
    """What the page shows, read once."""

    files: pd.DataFrame
    checks: pd.DataFrame
    findings: pd.DataFrame
    volumes: pd.DataFrame
    scored: dict[date, int]

    @property
    def failed(self) -> pd.DataFrame:
        """The checks that failed."""
        return self.checks[self.checks["status"] == "failed"]


def main() -> None:
    """Compose the page."""
    view = current_view()
    if view.reader.sites is not None:
        site_quality.show_site_quality(view)
        st.stop()
    theme = page_parts.current_theme()
    found = read_quality(view)
    page_parts.answer_line(answer_sentence(found))
    page_parts.write_sentence(ABOUT)
    steps = next_steps(found)
    page_parts.section_heading("What to do", *(f"{what} {step}" for what, step in steps))
    for what, step in steps:
        st.markdown(f"- **{what}.** {step}")
    if any("Call list" in step for _, step in steps) and may_see(view.reader, "calls"):
        page_parts.page_link("calls", "Call list: who is due →")
    if not steps:
        st.write("Nothing: no check failed and no row was rejected.")
    for column, kind in zip(st.columns(2), ("procedures", "pain_scores"), strict=True):
        with column:
            table = records_of_months(found, kind)
            figure = records_by_month(table, KIND_TITLES[kind], theme)
            page_parts.show_chart(view, f"{kind}_by_month", figure=figure, table=table, shows=EVERYTHING)
    _show_checks(view, found, theme)
    ascertainment.show_ascertainment(view)
    field_completeness.show_completeness(view)
    _show_last_load(last_load.read_last(view))
    _heading_with_menu(view, "Files", "quality_files", found.files)
    tables.text_table(file_table(found))
    if (rules := st.expander("Rows that broke a rule", key="quality_rules", on_change="rerun")).open:
        with rules:
            page_parts.file_behind(view, "quality_findings", found.findings)
            tables.text_table(finding_table(found))
    if (panel := st.expander("Files by month", key="quality_months", on_change="rerun")).open:
        with panel:
            months = month_table(view)
            tables.text_table(months[:FINDINGS_SHOWN])
            if len(months) > FINDINGS_SHOWN:
                st.caption(f"The newest {FINDINGS_SHOWN} of {len(months):,} rows.")
    if senders := sender_facts(view):
        page_parts.section_heading("How deaths and later events are known", *(name for name, _ in senders))
        tables.facts_table(senders)
    arrival_delays.show_delays(view)
    if loads := load_facts(view):
        st.subheader("Latest loads", anchor=False)
        tables.facts_table(loads)


def _heading_with_menu(view: View, title: str, key: str, table: pd.DataFrame, *below: str) -> None:
    """A heading, and beside it the menu that every figure has: here all rows as CSV."""
    with st.container(horizontal=True, vertical_alignment="top", key=f"heading_{key}"):
        page_parts.section_heading(title, *below)
        page_parts.file_behind(view, key, table)


def _show_checks(view: View, found: Quality, theme: Theme) -> None:
    """All checks, folded by what they ask: those that failed stand above, with what to do."""
    shown = {category: checks_html(found.checks, category, theme) for category in CATEGORY_TITLES}
    _heading_with_menu(view, "Checks", "quality_checks", found.checks, ABOUT_CHECKS, *shown.values())
    for category, text in shown.items():
        applied = found.checks[(found.checks["category"] == category) & (found.checks["status"] != "not applicable")]
        passed = phrases.count_of(int((applied["status"] == "passed").sum()), len(applied))
        with st.expander(f"{CATEGORY_TITLES[category]} {passed} passed", key=f"checks_{category}"):
            st.html(text)


def _show_last_load(last: last_load.LastLoad) -> None:
    """What the latest load replaced, and what was unlike in it; nothing where there is neither."""
    if last.surprises or last.replaced:
        page_parts.section_heading(last_load.TITLE, *(one["says"] for one in last.surprises))
        st.write(last_load.ABOUT)
    if last.surprises:
        tables.text_table(last_load.surprise_table(last))
    if last.replaced:
        tables.text_table(last_load.replaced_table(last))


@requires("data_quality")
def read_quality(view: View) -> Quality:
    """Everything about the files of this generation."""
    warehouse = warehouse_of(view)
    return Quality(
        record_quality.list_files(warehouse),
        record_quality.check_results(warehouse),
        record_quality.list_findings(warehouse),
        record_quality.count_volumes(warehouse),
        procedures_scored(warehouse, EVERYTHING),
    )


def answer_sentence(found: Quality) -> str:
    """The answer in one sentence."""
    files = found.files
    applied = found.checks[found.checks["status"] != "not applicable"]
    rows = f"{phrases.count_of(int(files['rows_loaded'].sum()), int(files['rows_read'].sum()))} rows are in use"
    passed = f"{phrases.count_of(len(applied) - len(found.failed), len(applied))} checks passed"
    return f"{rows}; {passed}."


def next_steps(found: Quality) -> list[tuple[str, str]]:
    """What to do, most important first: what was found, and the step."""
    steps = [
        (phrases.broken_check(row.title, row.violations, row.of, row.examined), row.remedy)
        for row in found.failed.itertuples()
    ]
    rejected = found.findings[(found.findings["severity"] == "row rejected") & ~found.findings["is_benign"]]
    if len(rejected):
        files = rejected["source_file_id"].nunique()
        rows = int(rejected["findings"].sum())
        what = f"{rows:,} rejected row{'s' if rows > 1 else ''} in {files:,} file{'s' if files > 1 else ''}"
        steps.append(
            (what, "`python -m etl rejected --out FOLDER` gives them back with the reason; correct and load them.")
        )
    return steps


def checks_html(checks: pd.DataFrame, category: str, theme: Theme) -> str:
    """The checks of one category as a list: a mark, the check, how many of how many, and what to do if it failed."""
    return "".join(_check_html(row, theme) for row in checks[checks["category"] == category].itertuples())


def _check_html(row: Any, theme: Theme) -> Markup:
    mark, colour = {"passed": ("✓", theme.main), "failed": ("◆", theme.second)}.get(row.status, ("–", theme.faint))
    if row.status == "not applicable":
        counts = f"not applicable: {row.not_applicable}"
    else:
        share = f" ({percent_text(100 * row.violations / row.of)})" if row.violations else ""
        broken = f"{phrases.count_of(row.violations, row.of)}{share}" if row.violations else f"none of {row.of:,}"
        counts = f"{row.status}: {broken} {row.examined} break it"
        counts += f"; up to {percent_text(100 * row.tolerated_share)} is tolerated" if row.tolerated_share else ""
    remedy = row.remedy.replace("`", "") if row.status == "failed" else ""
    return render_html("check", mark=mark, colour=colour, title=row.title, counts=counts, remedy=remedy)


def records_of_months(found: Quality, kind: str) -> pd.DataFrame:
    """Records of a kind by month: `period` (first day), `recorded`; for procedures their `metric`, which has a list.

    For pain scores as `with_scored` gives them.
    """
    rows = found.volumes[found.volumes["kind"] == kind]
    table = pd.DataFrame({"period": pd.to_datetime(rows["month"]).dt.date, "recorded": rows["records"].astype(int)})
    return table.assign(metric=kind) if kind in read_catalogue() else with_scored(table, found.scored)


def with_scored(table: pd.DataFrame, scored: Mapping[date, int]) -> pd.DataFrame:
    """Months of pain scores with `count`, for how many procedures they were weighed, and `scored`, which lists them."""
    counts = [scored.get(month, 0) for month in table["period"]]
    months = [f"{month:%Y-%m}" if count else None for month, count in zip(table["period"], counts, strict=True)]
    return table.assign(count=counts, scored=pd.Series(months, index=table.index, dtype=object))


def file_table(found: Quality) -> pd.DataFrame:
    """The newest files as people read them."""
    files = found.files.iloc[: -FILES_SHOWN - 1 : -1]
    return pd.DataFrame(
        {
            "file": list(files["name"]),
            "received": [phrases.day_words(when) for when in pd.to_datetime(files["received_on"]).dt.date],
            "holds": [KIND_TITLES.get(kind, kind) for kind in files["kind"]],
            **{
                title: [f"{int(count):,}" for count in files[column]]
                for title, column in (
                    ("rows read", "rows_read"),
                    ("in use", "rows_loaded"),
                    ("replaced", "rows_superseded"),
                    ("twice", "rows_duplicate"),
                    ("rejected", "rows_rejected"),
                    ("remarks", "remarks"),
                )
            },
        }
    )


def finding_table(found: Quality) -> pd.DataFrame:
    """Rules that were broken, by file and column, with the first line and what to do."""
    rows = found.findings.head(FINDINGS_SHOWN)
    return pd.DataFrame(
        {
            "file": list(rows["name"]),
            "what became of it": rows["severity"],
            "column": rows["field"],
            "rows": [f"{int(count):,}" for count in rows["findings"]],
            "from line": [f"{int(line):,}" for line in rows["first_line"]],
            "what is wrong": rows["message"],
            "what to do": rows["remedy"],
        }
    )


@requires("data_quality")
def month_table(view: View) -> pd.DataFrame:
    """Records in use and remarks by file and month of the record; newest file and month first."""
    rows = record_quality.file_months(warehouse_of(view)).iloc[::-1]
    return pd.DataFrame(
        {
            "file": rows["name"],
            "holds": [KIND_TITLES.get(kind, kind) for kind in rows["kind"]],
            "month": [phrases.month_words(when) for when in pd.to_datetime(rows["month"]).dt.date],
            "records": [f"{int(count):,}" for count in rows["records"]],
            "remarks": [f"{int(count):,}" for count in rows["remarks"]],
        }
    )


@requires("data_quality")
def sender_facts(view: View) -> list[tuple[str, str]]:
    """How each sending system knows of deaths and other later events: their figures are as complete as that."""
    return [
        (f"{kind}, {sender['source']}", heard)
        for sender in record_quality.list_senders(warehouse_of(view))
        for kind, heard in record_quality.heard_words(sender)
    ]


@requires("data_quality")
def load_facts(_view: View) -> list[tuple[str, str]]:
    """The latest loads, newest first: when, and what came of them."""
    journal = Journal(home_in_service().journal)
    return [
        (f"{phrases.written_day(event.at)}, {event.at[11:16]} UTC", _load_words(event.payload))
        for event in reversed(journal.events("load")[-LOADS_SHOWN:])
    ]


def _load_words(payload: dict[str, Any]) -> str:
    files: Sequence[dict[str, Any]] = payload.get("files", ())
    parts = [str(payload.get("outcome", ""))]
    if files:
        parts.append(f"{sum(one['rows_read'] for one in files):,} rows of {len(files):,} new files")
    if refused := payload.get("refused", ()):
        parts.append(f"{len(refused):,} refused")
    return ", ".join(parts)


if __name__ == "__main__":
    main()
