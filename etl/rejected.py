"""Rejected rows back to the sender: the same kind of file and columns plus `why`, to correct and load again."""

import csv
import io
from pathlib import Path

from data import Home
from etl import intake, rules, staging
from etl.canonical import WHY
from etl.readers import csv as csv_reader
from etl.storage import PRIVATE_FILE, write_whole
from queries.warehouse import Warehouse, open_current


def write_rejected(home: Home, folder: Path) -> list[tuple[str, int]]:
    """Write one file per file with rejects; names and rows written. The files hold patients' data: mode 0600."""
    warehouse = open_current(home)
    written = []
    for file_id, name, sha256 in warehouse.rows(
        "select source_file_id, name, sha256 from source_files where rows_rejected > 0 order by source_file_id"
    ):
        target = _free_name(folder, name, file_id)
        rows = _rejected_rows(intake.archived(home, sha256), name, _reasons(warehouse, file_id))
        write_whole(target, rows.encode("utf-8"), PRIVATE_FILE)
        written.append((target.name, rows.count("\n") - 1))
    return written


def _free_name(folder: Path, name: str, file_id: int) -> Path:
    """The name of the file as received; with its number when another file had the same name."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / Path(name).name
    return plain.with_name(f"{plain.stem}-{file_id}{plain.suffix}") if plain.exists() else plain


def _reasons(warehouse: Warehouse, file_id: int) -> dict[int, str]:
    found = warehouse.rows(
        "select source_row, rule, field from rejected_rows where source_file_id = $file_id and scope = 'row'",
        {"file_id": file_id},
    )
    return {row: _why(rule, field) for row, rule, field in found}


def _why(rule: str, field: str | None) -> str:
    place = f"{field}: " if field else ""
    return f"{rule}: {place}{rules.rules()[rule].message}"


def _rejected_rows(content: bytes, name: str, reasons: dict[int, str]) -> str:
    recognised = staging.recognise(content, name)
    delimiter = recognised.delimiter if recognised else ","
    extract = csv_reader.read_table(content, name, delimiter)
    kept = [place for place, column in enumerate(extract.header) if column.strip().lower() != WHY]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*(extract.header[place] for place in kept), WHY])
    columns = [extract.rows.column(str(place)).to_pylist() for place in kept]
    numbers = extract.rows.column("source_row").to_pylist()
    for place, number in enumerate(numbers):
        if number in reasons:
            writer.writerow([*(column[place] or "" for column in columns), reasons[number]])
    return text.getvalue()
