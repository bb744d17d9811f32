"""A bundle from end to end: written whole, hashed, put down in the log, and only then offered."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.exports.bundle import dictionary
from dashboard.exports.bundle.archive import Archive, sha256_of
from dashboard.exports.bundle.metric_tables import (
    DEFINITION_COLUMNS,
    EXCLUSION_COLUMNS,
    FIGURE_COLUMNS,
    VALUE_COLUMNS,
    Answered,
)
from dashboard.exports.bundle.note_table import COLUMNS as NOTE_COLUMNS
from dashboard.exports.bundle.note_table import notes_table
from dashboard.exports.bundle.order import Order, Profile
from dashboard.exports.bundle.readme import readme_text
from dashboard.exports.bundle.record_tables import Codes, table_extracts
from dashboard.exports.bundle.restatement_table import COLUMNS as RESTATED_COLUMNS
from dashboard.exports.bundle.restatement_table import restatement_rows
from data import export_log
from data.home import PROJECT, Home
from data.settings import read_timepoints
from queries.catalogue.filters import Filters
from queries.figures.summarise import NUMBERS, WHOLE_NUMBERS
from queries.warehouse import Warehouse

FORMAT = 1
CODE = (
    "queries", "data/settings", "data/settings.py", "data/schema.sql", "data/fields", "data/field_types.toml",
    "dashboard/exports/bundle",
)  # fmt: skip
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


@dataclass(frozen=True)
class Receipt:
    """What was written: the export's id in the log, its file, rows of data in all, and the hash of its bytes."""

    export_id: str
    path: Path
    rows: int
    sha256: str


def export_bundle(
    home: Home,
    warehouse: Warehouse,
    *,
    order: Order,
    author: str,
    purpose: str | None = None,
    out: Path | None = None,
    for_excel: bool = False,
) -> Receipt:
    """Write a bundle to `out` (else into the home's exports) and into the log, the log first.

    The same order of the same generation gives the same bytes while no note and no sign-off is added.
    `UsageProblem` for what the profile does not allow.
    """
    order.check()
    export_id = secrets.token_hex(16)
    home.exports.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    scratch = (out.parent if out else home.exports) / f".{export_id}.part"
    os.close(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    try:
        rows = write_bundle(home, warehouse, order, scratch, for_excel)
        receipt = Receipt(export_id, out or home.exports / f"{export_id}.zip", rows, sha256_of(scratch))
        export_log.record_export(home, export_id, _log_payload(warehouse, order, receipt), author, purpose)
        scratch.replace(receipt.path)
    finally:
        scratch.unlink(missing_ok=True)
    return receipt


def write_bundle(home: Home, warehouse: Warehouse, order: Order, path: Path, for_excel: bool = False) -> int:
    """Write a bundle's bytes and give its number of data rows; nothing is logged here."""
    codes = Codes.of(home, order)
    told = _profile_filters(order.filters, codes)
    answered = Answered(warehouse, order, codes, told)
    archive = Archive(path, for_excel, order.workbooks)
    files: list[dictionary.Described] = []

    def add(one: dictionary.Described, tables: Iterator[pa.Table]) -> None:
        archive.add_tables(one.name, [column.name for column in one.columns], tables)
        files.append(one)

    for extract in table_extracts(home, warehouse, order, codes):
        add(dictionary.Described(extract.name, extract.meaning, extract.columns), iter([extract.rows]))
    sums: dict[str, dict[str, Any]] = {}
    described = dictionary.describe_file
    add(described("metric_values", "What every procedure answers to every metric, and why.", VALUE_COLUMNS),
        _sum_values(answered.values(), sums))  # fmt: skip
    add(described("exclusions", "Procedures that do not count for a metric, and the rule.", EXCLUSION_COLUMNS),
        answered.exclusions())  # fmt: skip
    figures = answered.figures()
    add(
        described("figures", "The dashboard's figures for this choice.", FIGURE_COLUMNS),
        iter([_typed_figures(figures)]),
    )
    add(described("definitions", "What every metric asks, who counts, and its SQL.", DEFINITION_COLUMNS),
        iter([pa.Table.from_pandas(answered.definitions(), preserve_index=False)]))  # fmt: skip
    add(described("restatements", "Signed-off figures that differ now.", RESTATED_COLUMNS),
        iter([_restatement_rows(home, warehouse, order)]))  # fmt: skip
    add(described("notes", "Dated notes on the charts.", NOTE_COLUMNS), iter([notes_table(home, order)]))
    meaning = described("data_dictionary", "What every column means.", dictionary.COLUMNS)
    add(meaning, iter([pa.Table.from_pandas(dictionary.dictionary_table(files), preserve_index=False)]))
    rows = sum(one.get("rows", 0) for one in archive.files.values())
    archive.add_text("datapackage.json", dictionary.data_package(files, f"Row-level export, profile {order.profile}"))
    alone = figures[figures["by"].isna()]
    archive.add_text("README.txt", readme_text(order, warehouse, told, len(answered.places), alone))
    archive.close(_bundle_manifest(warehouse, order, told, answered, sums))
    return rows


@lru_cache
def code_version() -> str:
    """Hash of the code that computes figures and writes bundles."""
    digest = hashlib.sha256()
    for part in CODE:
        root = PROJECT / part
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.suffix in {".py", ".sql", ".toml"}:
                digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _sum_values(values: Iterator[pa.Table], sums: dict[str, dict[str, Any]]) -> Iterator[pa.Table]:
    """Pass tables through and keep what a recipient can add up: how many of each status, and the sum of values."""
    for table in values:
        counts = {row["values"]: row["counts"] for row in pc.value_counts(table["status"]).to_pylist()}
        total = pc.sum(table["value"]).as_py()
        if table.num_rows:
            name = str(table["metric"][0])
            sums[name] = {"procedures": table.num_rows, "sum": None if total is None else round(total, 6), **counts}
        yield table


def _typed_figures(figures: pd.DataFrame) -> pa.Table:
    kinds = {name: pa.int64() for name in WHOLE_NUMBERS} | {name: pa.float64() for name in NUMBERS}
    kinds |= {name: pa.date32() for name in ("period_start", "period_end", "as_of")}
    kinds |= {name: pa.bool_() for name in ("suppressed", "period_complete")}
    return pa.table(
        {name: pa.array(figures[name], kinds.get(name, pa.string()), from_pandas=True) for name in figures.columns}
    )


def _restatement_rows(home: Home, warehouse: Warehouse, order: Order) -> pa.Table:
    """Of the whole department only, and by month: safe harbor and choices get the header alone."""
    found = restatement_rows(home, warehouse)
    rows = found if order.is_whole and order.profile is not Profile.SAFE_HARBOR else found.iloc[:0]
    kinds = {name: pa.float64() for name in ("signed", "now", "now_as_signed")}
    kinds |= {name: pa.int64() for name in ("signed_version", "version")}
    return pa.table(
        {name: pa.array(list(rows[name]), kinds.get(name, pa.string()), from_pandas=True) for name in found}
    )


def _profile_filters(filters: Filters, codes: Codes) -> Filters:
    """Filters whose sites and operators are written as the profile writes them."""
    values = {}
    for key, picked in filters.values:
        written = codes.column(key)
        values[key] = [written(one) if written and not one.startswith("Operator ") else one for one in picked]
    return Filters.of(values, filters.date_from, filters.date_to)


def _bundle_manifest(
    warehouse: Warehouse, order: Order, told: Filters, answered: Answered, sums: dict[str, Any]
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "profile": str(order.profile),
        "recipient": order.recipient,
        "generation": warehouse.info.generation,
        "code_version": code_version(),
        "filters": told.to_text(),
        "selected": order.selected_as,
        "procedures": len(answered.places),
        "definitions": {metric.name: metric.header.version for metric in answered.metrics},
        "timepoints": _timepoint_windows(),
        "sums": sums,
    }


def _timepoint_windows() -> dict[str, Any]:
    """The windows that scores were assigned to."""
    settings = read_timepoints()
    after = [one.model_dump(include={"name", "first_day", "last_day", "target_hours"}) for one in settings.after]
    return {"lookback_days": settings.baseline.lookback_days, "after": after}


def _log_payload(warehouse: Warehouse, order: Order, receipt: Receipt) -> dict[str, Any]:
    return {
        "what": "bundle",
        "profile": str(order.profile),
        "recipient": order.recipient,
        "filters": order.filters_text(),
        "rows": receipt.rows,
        "sha256": receipt.sha256,
        "generation": warehouse.info.generation,
        "file": receipt.path.name,
        "sites": None if order.sites is None else sorted(order.sites),
    }
