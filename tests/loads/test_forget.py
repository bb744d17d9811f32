"""Erasing a person: nothing of them is left in any file, nobody else is touched, no later extract brings them back."""

import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb
import pytest

from data.errors import UsageProblem
from data.home import Home
from data.journal import Journal
from etl.generations import publish
from etl.generations.publish import current_manifest
from etl.operations.forget import Certificate, forget_patient
from etl.redaction.search_home import Needles, hits_in_content, search_home
from queries.warehouse import open_current
from tests.commands import run_etl as run
from tests.records import Records, quiet, take

PERSON = "CANARY-77123"
OWN = (PERSON, "CANARY-P1", "CANARY-P2")


def extract(folder: Path, start: int = 0, extra: bool = False) -> Path:
    records = Records(_numbers=count(start))
    for place in range(6):
        row = records.procedure(f"2026-01-{12 + place}", patient_id=f"N-5500{place}")
        records.score(row, f"2026-01-{12 + place}T09:00", 8)
        records.complication(row, f"2026-01-{13 + place}", "haematoma")
        if place in (1, 4):
            own = records.procedure("2026-01-15", patient_id=PERSON, procedure_id=f"CANARY-P{1 + place // 4}")
            records.score(own, "2026-01-17T09:00", 2)
            records.complication(own, "2026-01-15", "cement_leak")
            records.contact(own, "2026-01-16T10:00", "early_call", "reached")
    records.procedure("not a date", patient_id=PERSON)
    if extra:
        own = records.procedure("2026-03-15", patient_id=PERSON, procedure_id="CANARY-P3")
        records.contact(own, "2026-03-16T10:00", "early_call", "reached")
    return records.write(folder)


@dataclass(frozen=True)
class Story:
    """A home before and after an erasure, and what the erasure said."""

    before: Home
    after: Home
    certificate: Certificate


def erased(home: Home, number: str = PERSON) -> Certificate:
    with publish.only_load(home):
        return forget_patient(home, number, None, quiet)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    root = tmp_path_factory.mktemp("forget")
    before, after = Home(root / "before"), Home(root / "after")
    take(before, extract(root / "first"))
    journal = Journal(before.journal)
    signed = open_current(before).info.generation
    journal.append("sign_off", "2026-01", {"generation": signed, "month": "2026-01"}, "lead")
    journal.append("note", "month", {}, "lead", f"asked for {PERSON} by phone")
    journal.append("note", "month", {}, "lead", "nothing about anybody")
    for (procedure,) in open_current(before).rows("select procedure_id from procedures"):
        journal.append("closing", str(procedure), {}, "lead", f"words on {procedure}")
    take(before, extract(root / "second", 100))
    (before.private / "error-1.txt").write_text(f"bad row {PERSON}", encoding="utf-8")
    shutil.copytree(root / "first", before.inbox, dirs_exist_ok=True)
    shutil.copytree(before.root, after.root)
    yield Story(before, after, erased(after))


@pytest.fixture
def later(story: Story, home: Home) -> Home:
    """The home after the erasure, to go on with."""
    shutil.copytree(story.after.root, home.root)
    return home


def others(home: Home) -> set[tuple]:
    return set(
        open_current(home).rows(
            "select procedure_id, patient_key, performed_on, discharged_at, source_row from procedures"
            " where performed_on <> '2026-01-15' order by procedure_id"
        )
    )


def test_nothing_of_the_person_is_left_and_the_others_stay(story: Story) -> None:
    assert search_home(story.before, OWN).hits
    assert story.certificate.evidence.hits == {}
    assert story.certificate.evidence.files == len([one for one in story.after.root.rglob("*") if one.is_file()])
    needles = Needles(OWN)
    for path in story.after.root.rglob("*"):
        assert not path.is_file() or not needles.in_bytes(path.read_bytes()), path
    assert others(story.before) == others(story.after)
    assert open_current(story.after).rows("select count(*) from patients") == [(6,)]


def test_the_accounting_keeps_a_place_for_every_redacted_row(story: Story) -> None:
    read = "select source_file_id, name, rows_read from source_files order by source_file_id"
    assert open_current(story.after).rows(read) == open_current(story.before).rows(read)
    rejected = dict(open_current(story.after).rows("select rule, count(*) from rejected_rows group by rule"))
    assert rejected == {"excluded_person": 2 * (3 + 2 + 2 + 2)}
    assert story.certificate.rows == 2 * (3 + 2 + 2 + 2)
    assert all(one.first_sha256 for one in current_manifest(story.after).deliveries)


def test_signed_off_generations_are_rebuilt_and_named(story: Story) -> None:
    journal = Journal(story.after.journal)
    signed = journal.events("sign_off")[0].payload["generation"]
    after = journal.events("forget")[0].payload["rebuilt"][signed]
    assert story.certificate.rebuilt == {signed: after}
    assert list(story.after.generations.glob(f"*-{after}.duckdb"))
    assert not list(story.after.generations.glob(f"*-{signed}.duckdb"))
    assert after in publish.signed_off(story.after)


def test_words_about_the_person_are_erased_and_others_kept(story: Story) -> None:
    words = [event.words for event in Journal(story.after.journal).events() if event.words]
    assert "nothing about anybody" in words
    assert len(words) == 1 + 6
    assert story.certificate.words == 3


def test_the_list_of_erased_people_tells_nobody_who_they_are(story: Story) -> None:
    for name in ("exclusion.key", "excluded.json"):
        assert stat.S_IMODE((story.after.private / name).stat().st_mode) == 0o600
    marks = json.loads((story.after.private / "excluded.json").read_text(encoding="utf-8"))
    assert len(marks) == 1 + 4
    assert all(len(mark) == 64 for mark in marks)


def test_the_next_full_extract_does_not_bring_the_person_back(later: Home, tmp_path: Path) -> None:
    folder = extract(tmp_path / "third", 200, extra=True)
    result = take(later, folder)
    assert not result.refused
    assert {finding.rule for report in result.reports for finding in report.rejects} == {"excluded_person"}
    assert search_home(later, (*OWN, "CANARY-P3")).hits == {}
    assert open_current(later).rows("select count(*) from patients") == [(6,)]
    assert take(later, folder).generation is None
    late = Records(_numbers=count(900))
    late.contact({"procedure_id": "CANARY-P3"}, "2026-03-17T10:00", "early_call", "reached")
    late.contact({"procedure_id": "P999"}, "2026-03-17T10:00", "early_call", "reached")
    take(later, late.write(tmp_path / "late"))
    assert search_home(later, ["CANARY-P3"]).hits == {}


def test_the_same_files_as_before_are_known(later: Home, story: Story) -> None:
    result = take(later, story.before.root.parent / "first")
    assert len(result.known) == 4
    assert result.generation is None


def test_erasing_twice_ends_the_same(later: Home, story: Story) -> None:
    assert erased(later).evidence == search_home(later, OWN)
    assert others(later) == others(story.after)


@pytest.mark.thorough
def test_an_interrupted_erasure_is_run_again(story: Story, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(story.before.root, home.root)
    for step in (
        "etl.generations.identities.remove_numbers",
        "etl.operations.forget._rebuild_generations",
        "etl.operations.forget._remove_leftovers",
    ):
        with monkeypatch.context() as broken:
            broken.setattr(step, lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                erased(home)
    assert erased(home).evidence.hits == {}
    assert others(home) == others(story.after)


def test_the_command_reads_the_number_from_standard_input_and_never_repeats_it(story: Story, home: Home) -> None:
    shutil.copytree(story.before.root, home.root)
    (home.exports / "letter.txt").write_text(f"seen {PERSON} today", encoding="utf-8")
    done = run("forget", stdin=f"{PERSON}\n")
    assert done.returncode == 1
    assert "exports/letter.txt: 1 hits" in done.stdout
    assert "needs a new signature" in done.stdout
    for one in OWN:
        assert one not in done.stdout + done.stderr
    assert run("forget", stdin="\n").returncode == 2


def test_a_number_that_nobody_has_is_a_usage_error(later: Home) -> None:
    with pytest.raises(UsageProblem, match="no sender has a patient"):
        erased(later, "NOBODY-1")


def test_quoted_cells_over_several_lines_leave_line_numbers_as_they_were(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure(patient_id=PERSON, site="two\nlines\n")
    for _ in range(6):
        records.procedure(site='quo"ted\nsite')
    records.procedure(levels="L9")
    take(home, records.write(tmp_path / "in"))
    query = "select source_row, source_line, rule from row_warnings"
    before = open_current(home).rows(query)
    erased(home)
    assert open_current(home).rows(query) == before
    assert search_home(home, [PERSON]).hits == {}


def test_a_number_is_found_only_where_it_stands_by_itself() -> None:
    needles = Needles(["47110"])
    assert needles.in_bytes(b"a;47110;b") == 1
    assert needles.in_bytes("x 47110".encode("utf-16-le"))
    assert needles.in_bytes(b"147110 471101 A47110") == 0
    short = Needles(["12"])
    assert short.in_bytes(b"12") == 0
    assert short.in_value("12")
    assert not short.in_value("2012-12-12")
    # One cell of a line may be longer than the reader of the standard library takes.
    assert hits_in_content(b"12,2012," + b"x" * 200_000 + b'\n"12";12\n', short) == 3


def test_packed_and_structured_files_are_searched_value_by_value(home: Home, tmp_path: Path) -> None:
    home.root.mkdir()
    with duckdb.connect(str(home.root / "a.duckdb")) as connection:
        connection.execute("create table t as select 'MRN-' || (880000 + range) as v from range(3000)")
        connection.execute(f"copy t to '{home.root / 'a.parquet'}' (format parquet, compression zstd)")
    assert set(search_home(home, ["MRN-881234"]).hits) == {"a.duckdb", "a.parquet"}
    assert search_home(home, ["MRN-889999"]).hits == {}
