"""Rejected rows back to the sender: the same kind of file and columns plus `why`, to correct and load again."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from data import export_log
from data.home import Home
from etl import rules
from etl.generations import file_archive
from etl.generations.manifest import Delivery
from etl.generations.publish import current_manifest, write_whole
from etl.readers import Extract
from etl.readers.delimited import csv as csv_reader
from etl.readers.registry import reader_of
from etl.sources import canonical_files, read_source, source_files
from etl.sources.language.model import FileMapping
from queries.warehouse import Warehouse, open_current

PRIVATE_FILE = 0o600


def write_rejected(home: Home, folder: Path) -> list[tuple[str, int]]:
    """Write one file per file with rejects; names and rows written. The files hold patients' data: mode 0600.

    Each is put into the export log first, by the number of the file that it came from: names may hold anything.
    """
    warehouse = open_current(home)
    reasons = _reasons_by_row(warehouse)
    taken: set[Path] = set()
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for delivery in current_manifest(home).deliveries:
        for name, content, count in _files_back(home, delivery, reasons):
            target = _free_name(folder, name, delivery.sequence, taken)
            came_from = f"file {delivery.sequence}"
            generation = warehouse.info.generation
            export_log.record_file(
                home,
                "rejected_rows",
                profile="internal",
                filters="",
                content=content,
                rows=count,
                generation=generation,
                file=came_from,
            )
            write_whole(target, content, PRIVATE_FILE)
            written.append((target.name, count))
    return written


def _files_back(home: Home, delivery: Delivery, reasons: dict[int, dict[int, str]]) -> Iterator[tuple[str, bytes, int]]:
    """Name, content and number of rows of each file that a delivery gives back: one for each shape that it holds."""
    ids = range(delivery.sequence, delivery.sequence + delivery.room)
    if not any(number in reasons for number in ids):
        return
    source = read_source(delivery.source)
    content = file_archive.read_archived(home, delivery.sha256)
    if source.is_canonical:
        yield from _canonical_files(delivery, content, reasons)
        return
    companion = file_archive.read_archived(home, delivery.companion) if delivery.companion else None
    shapes = _by_shape(delivery, source_files.tables_of(source, delivery.name, content, companion), reasons)
    for mapping, sheets in shapes:
        name = Path(delivery.name)
        shown = name.name if len(shapes) == 1 else f"{name.stem}-{mapping.name}{name.suffix}"
        back = reader_of(mapping.reader).give_back(content, delivery.name, mapping.reader, mapping.wanted, sheets)
        yield shown, back, sum(len(rows) for rows in sheets.values())


def _by_shape(
    delivery: Delivery, tables: Sequence[tuple[FileMapping, Extract]], reasons: dict[int, dict[int, str]]
) -> list[tuple[FileMapping, dict[str | None, dict[int, str]]]]:
    """Each shape of file in a delivery with its sheets that have rows to give back."""
    shapes: dict[str, tuple[FileMapping, dict[str | None, dict[int, str]]]] = {}
    for place, (mapping, extract) in enumerate(tables):
        found = reasons.get(delivery.sequence + place)
        if found:
            shapes.setdefault(mapping.name, (mapping, {}))[1][extract.sheet] = found
    return list(shapes.values())


def _free_name(folder: Path, name: str, sequence: int, taken: set[Path]) -> Path:
    """The name of the file as received; with its number when another file had the same name."""
    plain = folder / Path(name).name
    target = plain.with_name(f"{plain.stem}-{sequence}{plain.suffix}") if plain in taken or plain.exists() else plain
    taken.add(target)
    return target


def _reasons_by_row(warehouse: Warehouse) -> dict[int, dict[int, str]]:
    """File → row → why it comes back. A row with a bad cell comes back too, although the rest of it was loaded."""
    found: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for file_id, row, rule, field in warehouse.rows(
        "select source_file_id, source_row, rule, field from rejected_rows order by source_file_id, source_row, rule"
    ):
        found[file_id][row].append(_reason_words(rule, field))
    return {
        file_id: {row: "; ".join(dict.fromkeys(told)) for row, told in rows.items()} for file_id, rows in found.items()
    }


def _reason_words(rule: str, field: str | None) -> str:
    place = f"{field}: " if field else ""
    return f"{rule}: {place}{rules.read_rules()[rule].message}"


def _canonical_files(
    delivery: Delivery, content: bytes, reasons: dict[int, dict[int, str]]
) -> Iterator[tuple[str, bytes, int]]:
    """The rows of a file in the canonical form: one text file, or of a workbook one for each kind of record."""
    tables = canonical_files.canonical_tables(content, delivery.name)
    held = {place: reasons.get(delivery.sequence + place, {}) for place in range(len(tables))}
    if not canonical_files.is_workbook(content):
        extract = tables[0][1]
        text = csv_reader.write_rows(extract, held[0], extract.delimiter)
        yield delivery.name, text.encode("utf-8"), len(held[0])
        return
    kinds = list(dict.fromkeys(kind for place, (kind, _) in enumerate(tables) if held[place]))
    name = Path(delivery.name)
    for kind in kinds:
        sheets = {extract.sheet: held[place] for place, (other, extract) in enumerate(tables) if other is kind}
        shown = name.name if len(kinds) == 1 else f"{name.stem}-{kind.name}{name.suffix}"
        back = canonical_files.give_back(content, delivery.name, kind, sheets)
        yield shown, back, sum(len(rows) for rows in sheets.values())
