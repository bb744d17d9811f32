"""Erasing a person from every kind of extract: text, a workbook, a REDCap project, FHIR resources, the product's own.

Each is held against a home that never had the person, loaded from the same files without their rows.
"""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pytest

from data.home import Home
from data.journal import Journal
from etl.generations import file_archive, publish
from etl.generations.publish import current_manifest
from etl.load import rebuild_generation
from etl.load_terms import LoadResult
from etl.operations.forget import Certificate, forget_patient
from etl.sources import read_source
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import headline_row
from queries.warehouse import open_current
from tests.leaks import leaks
from tests.records import quiet, take

KINDS = ("canonical", "us_ehr_csv", "uk_audit_xlsx", "redcap", "fhir_bulk")
# One kind is checked at every run; the others take the time of a few loads each.
QUICK = ("uk_audit_xlsx",)
EACH = [pytest.param(name, marks=() if name in QUICK else pytest.mark.thorough) for name in KINDS]
RECEIVED_AT = "2026-12-01T12:00:00"
EXTRACTS = (".csv", ".ndjson", ".xlsx")
# All facts that are not one person's, whole.
OTHERS = {
    "patients": "patient_key <> $key",
    "procedures": "patient_key <> $key",
    "pain_scores": "patient_key <> $key",
    "outcomes": "procedure_id not in (select procedure_id from procedures where patient_key = $key)",
    "pain_outcomes": "procedure_id not in (select procedure_id from procedures where patient_key = $key)",
    "complications": "procedure_id not in (select procedure_id from procedures where patient_key = $key)",
}


@dataclass(frozen=True)
class Story:
    """A home before and after an erasure, whose it was, and what the erasure said."""

    name: str
    folder: Path
    before: Home
    after: Home
    numbers: tuple[str, ...]
    key: str
    certificate: Certificate


def load_folder(home: Home, name: str, folder: Path) -> LoadResult:
    zone = read_source(name).time_zone or "Australia/Sydney"
    return take(home, folder, source=name, zone=zone, received_at=RECEIVED_AT)


def someone(home: Home) -> tuple[str, str, tuple[str, ...]]:
    """Number, key and procedures' numbers of the person with the most pain scores of those with a procedure."""
    (key,) = open_current(home).rows(
        "select cast(procedures.patient_key as varchar) from procedures inner join pain_scores using (patient_key)"
        " group by procedures.patient_key order by count(*) desc, 1 limit 1"
    )[0]
    own = open_current(home).rows(f"select cast(procedure_id as varchar) from procedures where patient_key = '{key}'")
    with duckdb.connect() as connection:
        query = "select number from read_parquet(?) where list_contains(?, cast(key as varchar))"
        numbers = [
            connection.execute(query, [str(home.identities), keys]).fetchall()
            for keys in ([key], [one for (one,) in own])
        ]
    return numbers[0][0][0], key, tuple(one for (one,) in numbers[1])


def changed(one: Home, other: Home, key: str) -> list[str]:
    """The tables in which facts of others than this person differ between two homes."""
    found = []
    for table, whose in OTHERS.items():
        columns = "* exclude (outcome_no)" if table == "outcomes" else "*"
        query = f"select {columns} from {table} where {whose} order by all".replace("$key", f"'{key}'")
        rows = open_current(one).rows(query)
        # Not every sender has complications.
        if rows != open_current(other).rows(query) or not (rows or table == "complications"):
            found.append(table)
    return found


def figures(home: Home) -> dict[str, str]:
    """What every metric says of the whole department; of what, and to which day, stands beside it."""
    warehouse = open_current(home)
    told = {name: headline_row(warehouse, metric) for name, metric in read_catalogue().items()}
    return {name: repr({key: one[key] for key in sorted(one) if key != "generation"}) for name, one in told.items()}


def fates(home: Home) -> list[tuple]:
    """File, rows read, and the sum of the rows of all fates."""
    return open_current(home).rows(
        "select name, rows_read, rows_loaded + rows_superseded + rows_duplicate + rows_rejected from source_files"
        " order by source_file_id"
    )


def rejected(home: Home, rule: str = "") -> set[tuple]:
    query = "select name, source_row, rule from rejected_rows inner join source_files using (source_file_id)"
    return {one for one in open_current(home).rows(query) if rule in ("", one[2])}


@pytest.fixture(scope="module", params=EACH)
def story(request: pytest.FixtureRequest, examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    name = request.param
    root = tmp_path_factory.mktemp(name)
    before, after = Home(root / "before"), Home(root / "after")
    assert not load_folder(before, name, examples / name).refused
    number, key, procedures = someone(before)
    signed = open_current(before).info.generation
    Journal(before.journal).append("sign_off", "2025-01", {"generation": signed, "month": "2025-01"}, "lead")
    shutil.copytree(before.root, after.root)
    (after.private / "error-1.txt").write_text("a mistake with a value of some row", encoding="utf-8")
    with publish.only_load(after):
        done = forget_patient(after, number, None, quiet)
    yield Story(name, examples / name, before, after, (number, *procedures), key, done)


def test_the_person_is_gone_and_nobody_else_is_touched(story: Story) -> None:
    assert leaks(story.before.root, *story.numbers)
    assert story.certificate.evidence.hits == {}
    assert leaks(story.after.root, *story.numbers) == []
    assert not list(story.after.private.glob("err*"))
    assert not (story.after.private / "erasing.json").exists()
    assert changed(story.before, story.after, story.key) == []
    for table in ("patients", "procedures", "pain_scores"):
        query = f"select count(*) from {table} where patient_key = '{story.key}'"
        assert open_current(story.before).rows(query) != [(0,)]
        assert open_current(story.after).rows(query) == [(0,)]


def test_every_row_keeps_its_place_in_the_accounting(story: Story) -> None:
    assert [(name, read) for name, read, _ in fates(story.after)] == [(n, read) for n, read, _ in fates(story.before)]
    assert all(read == sum_of_fates for _, read, sum_of_fates in fates(story.after))
    erased = {one[:2] for one in rejected(story.after, "excluded_person")}
    assert len(erased) >= 3 or story.name == "uk_audit_xlsx"
    assert {one for one in rejected(story.before) if one[:2] not in erased} == {
        one for one in rejected(story.after) if one[:2] not in erased
    }
    assert len(rejected(story.after)) - len(erased) == len(
        [one for one in rejected(story.before) if one[:2] not in erased]
    )


def test_a_generation_that_was_signed_off_is_marked(story: Story) -> None:
    (before,) = (path.stem.rpartition("-")[2] for path in story.before.generations.glob("gen-*.duckdb"))
    assert story.certificate.rebuilt == {before: open_current(story.after).info.generation}
    assert open_current(story.after).info.generation in publish.signed_off(story.after)
    assert [one.stem.rpartition("-")[2] for one in story.after.generations.glob("gen-*.duckdb")] != [before]


def test_figures_are_those_of_a_load_without_the_person(story: Story, tmp_path: Path) -> None:
    folder = tmp_path / "without"
    folder.mkdir()
    for path in story.folder.iterdir():
        if path.name == "data_dictionary.csv":
            shutil.copy(path, folder)
    for one in current_manifest(story.after).deliveries:
        (folder / one.name).write_bytes(without_marks(one.name, file_archive.read_archived(story.after, one.sha256)))
    never = Home(tmp_path / "never")
    assert not load_folder(never, story.name, folder).refused
    assert figures(never) == figures(story.after)


def without_marks(name: str, content: bytes) -> bytes:
    """The file without the rows that were erased."""
    if not name.endswith(".xlsx"):
        return b"".join(line for line in content.splitlines(keepends=True) if b"[erased]" not in line)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for number in range(sheet.max_row, 0, -1):
            if sheet.cell(number, 1).value == "[erased]":
                sheet.delete_rows(number)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.thorough
def test_neither_the_same_files_nor_a_later_extract_bring_the_person_back(story: Story, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(story.after.root, home.root)
    again = load_folder(home, story.name, story.folder)
    assert again.generation is None
    assert set(again.known) == {name.partition("#")[0] for name, *_ in fates(home)}
    with publish.only_load(home):
        rebuild_generation(home, quiet)
    assert changed(home, story.after, story.key) == []
    later = tmp_path / "later"
    later.mkdir()
    for path in story.folder.iterdir():
        if path.suffix in EXTRACTS:
            (later / path.name).write_bytes(sent_anew(path))
    result = load_folder(home, story.name, later)
    assert not result.refused
    assert result.generation
    assert leaks(home.root, *story.numbers) == []
    query = "select count(*) from rejected_rows where rule = 'excluded_person'"
    assert open_current(home).rows(query) == [(2 * len(rejected(story.after, "excluded_person")),)]
    assert all(read == sum_of_fates for _, read, sum_of_fates in fates(home))
    assert figures(home) == figures(story.after)


def sent_anew(path: Path) -> bytes:
    """The same rows in other bytes."""
    content = path.read_bytes()
    if path.suffix != ".xlsx":
        return content if path.name == "data_dictionary.csv" else content + b"\n"
    book = openpyxl.load_workbook(path)
    book.properties.title = "again"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
