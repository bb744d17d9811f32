"""What comes beside the rows: names of files, manifests of exports, several kinds in one file, how deaths are known."""

import json
from pathlib import Path

import pytest

from data.errors import FileRefused
from data.home import Home
from etl.build.file_report import lines_of_report
from etl.load import check_files
from etl.load_terms import Terms
from etl.operations.rejected_rows import write_rejected
from etl.operations.status import read_status
from etl.propose.proposal import propose_source
from etl.readers.fhir.bulk_manifest import manifest_differences, read_manifest
from etl.sources import read_source
from tests.loads import test_redcap as redcap
from tests.loads.test_other_habits import load, rows
from tests.loads.test_senders_events import own, resources, toml
from tests.records import take

BY_NAME = """
title = "One file for each hospital, known by its name alone"
time_zone = "Europe/London"
deaths = "linked"
formats.date = "%Y-%m-%d"
[[file]]
name = "log"
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "No"
patient_id = "Patient"
performed_on = "Day"
site = { name_of = "file", pattern = "^(.+)[.]csv" }
[[file.record]]
kind = "pain_scores"
only_with = "score"
columns = { score_id = "No", procedure_id = "No", timepoint = { constant = "baseline" }, score = "NRS" }
"""
ROWS = b"No,Patient,Day,NRS\n1,A,2026-01-12,7\n"


def test_the_same_bytes_under_another_name_are_another_result_where_names_are_read(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "one", "by_name", BY_NAME, {"North.csv": ROWS})
    first = read_status(home)["generation"]
    assert rows(home, "select site from procedures") == [("North",)]
    again = load(home, tmp_path / "one", "by_name", BY_NAME, {"North.csv": ROWS})
    assert again.known == ["North.csv"]
    load(home, tmp_path / "two", "by_name", BY_NAME, {"South.csv": ROWS})
    assert rows(home, "select site from procedures") == [("South",)]
    assert read_status(home)["generation"] != first
    assert [one["name"] for one in read_status(home)["files"]] == ["South.csv"]


def test_a_report_names_every_kind_that_a_file_holds_and_status_how_deaths_are_known(
    home: Home, tmp_path: Path
) -> None:
    result = load(home, tmp_path / "in", "by_name", BY_NAME, {"North.csv": ROWS})
    assert next(lines_of_report(result.reports[0])).startswith("North.csv (procedures, pain_scores): 1 rows read")
    empty = load(home, tmp_path / "other", "by_name", BY_NAME, {"West.csv": b"No,Patient,Day,NRS\n2,B,2026-01-13,\n"})
    assert empty.reports[0].kind == "procedures"
    assert read_status(home)["senders"] == [{"source": "by_name", "deaths": "linked"}]


def test_a_check_of_an_empty_file_says_so_at_once(home: Home, tmp_path: Path) -> None:
    (tmp_path / "procedures.csv").write_bytes(b"")
    steps: list[str] = []
    result = check_files(
        home, [tmp_path / "procedures.csv"], Terms(source=read_source("canonical"), zone="Europe/London"), steps.append
    )
    assert "the file is empty" in str(result.refused[0].error)
    assert steps == ["opening procedures.csv", "reading procedures.csv"]


def manifest(**lists: object) -> bytes:
    return json.dumps({"transactionTime": "2026-01-12T00:00:00Z", "request": "x", "output": [], **lists}).encode()


def test_a_bulk_export_is_compared_with_its_manifest(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "all.ndjson").write_bytes(resources())
    listed = [
        {"type": "Patient", "url": "https://fhir.example/out/all.ndjson?key=1", "count": 5},
        {"type": "Observation", "url": "https://fhir.example/out/lost.ndjson", "count": 1},
    ]
    (folder / "manifest.json").write_bytes(manifest(output=listed, error=[{"url": "e"}], deleted=[{"url": "d.ndjson"}]))
    result = take(home, folder, source="fhir_bulk", accept_rejects=True)
    assert result.ignored == []
    assert result.remarks == [
        "all.ndjson: 4 resources, and the manifest says 5",
        "the manifest lists lost.ndjson with records, and it is not among the files",
        "the manifest lists d.ndjson with deletions, and it is not among the files",
        "the server reports 1 file of errors: the export may not be whole",
    ]


def test_an_export_that_agrees_with_its_manifest_says_nothing() -> None:
    found = read_manifest(manifest(output=[{"type": "Patient", "url": "a/p.ndjson", "count": 2}]))
    assert found
    assert list(manifest_differences(found, {"p.ndjson": 2})) == []
    assert list(manifest_differences(found, {"p.ndjson": 2, "q.ndjson": 1})) == ["q.ndjson: not in the manifest"]
    assert read_manifest(b'{"transactionTime": "x"') is None
    assert read_manifest(b'{"resourceType": "Bundle", "transactionTime": "x", "output": []}') is None


@pytest.mark.parametrize(
    ("content", "words"), [(resources(), "fhir_bulk"), (b"record_id,redcap_event_name,x\n1,a,2\n", "redcap.toml")]
)
def test_a_file_with_a_reader_of_its_own_is_not_guessed_from_its_headings(content: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        propose_source(content, "file")


def test_rejected_resources_come_back_and_are_taken_once_corrected(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    lines = resources().replace(b"2025-10-26T02:30:00+01:00", b"2025-13-26T02:30:00+01:00").replace(b"5-836.41", b"x")
    (folder / "all.ndjson").write_bytes(lines)
    own(home, "fhir_own", toml("fhir_own"))
    take(home, folder, source="fhir_own", zone="Europe/Vienna", accept_rejects=True)
    assert rows(home, "select count(*) from procedures") == [(0,)]
    assert write_rejected(home, tmp_path / "back") == [("all.ndjson", 2)]
    back = tmp_path / "back" / "all.ndjson"
    assert [json.loads(line)["why"].split(":")[0] for line in back.read_text(encoding="utf-8").splitlines()] == [
        "date_unreadable", "other_measure",
    ]  # fmt: skip
    back.write_bytes(back.read_bytes().replace(b"2025-13-26", b"2025-10-27"))
    take(home, back, source="fhir_own", zone="Europe/Vienna", accept_rejects=True)
    assert [str(row[0]) for row in rows(home, "select performed_on from procedures")] == ["2025-10-27"]
    assert rows(home, "select count(*) from score_assignments where reason <> 'no_procedure'") == [(1,)]


def test_a_rejected_row_of_redcap_is_taken_once_corrected_without_its_dictionary_named_again(
    home: Home, tmp_path: Path
) -> None:
    data, dictionary = tmp_path / "data.csv", tmp_path / "dictionary.csv"
    data.write_bytes(redcap.text_of(redcap.header(), [redcap.procedure(), redcap.pain(pain_nrs="12")]))
    dictionary.write_bytes(redcap.dictionary())
    take(home, data, dictionary, source="redcap", zone="America/Toronto", accept_rejects=True)
    write_rejected(home, tmp_path / "back")
    back = tmp_path / "back" / "data.csv"
    back.write_bytes(back.read_bytes().replace(b",12,", b",2,", 1))
    again = take(home, back, source="redcap", zone="America/Toronto")
    assert [(one.rows_read, one.rows_loaded) for one in again.reports] == [(1, 1)]
    assert rows(home, "select cast(score as integer) from pain_scores") == [(2,)]
