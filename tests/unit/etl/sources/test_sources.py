"""Source files: every key is documented, and a mistake names file and key."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from data.errors import UsageProblem
from data.home import PROJECT, Home
from etl.readers.registry import READERS
from etl.sources import read_source, source_names, validate_source
from etl.sources.language.cells import Cell, Condition
from etl.sources.language.habits import Habits, Lookup, Snapshot
from etl.sources.language.model import Aside, FileMapping, Record, Source
from etl.sources.language.questionnaire import ScoreColumn, Scores
from etl.sources.language.treatment import Treatment

DOCUMENTED = (
    Source,
    Treatment,
    Habits,
    Lookup,
    Snapshot,
    FileMapping,
    Record,
    Scores,
    ScoreColumn,
    Condition,
    Aside,
    Cell,
)

SCORES = """
title = "A"
[formats]
date_time = "%d.%m.%Y %H:%M"
[[file]]
name = "scores"
[[file.record]]
kind = "pain_scores"
[file.record.columns]
score_id = "No"
patient_id = "Patient"
score = "NRS"
measured_at = "Zeit"
"""


def test_every_key_of_a_source_file_is_documented() -> None:
    text = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    options: tuple[type[BaseModel], ...] = tuple(reader.Options for reader in READERS.values())
    for model in (*DOCUMENTED, *options):
        for name, field in model.model_fields.items():
            if (model, name) not in ((Source, "name"), (Source, "sha256")):
                key = field.alias or name
                assert re.search(rf"`[^`]*\b{key}\b[^`]*`", text), (model.__name__, key)


def test_every_reader_is_documented() -> None:
    text = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    for kind in READERS:
        assert f"| `{kind}` |" in text


def test_every_shipped_source_validates() -> None:
    for name in source_names():
        assert read_source(name).title


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (("measured_at =", "measured_when ="), "record", "no column measured_when"),
        (('score = "NRS"\n', ""), "record", "needs score"),
        (("%d.%m.%Y %H:%M", "dd.mm.yyyy"), "formats.date_time", "is not a format"),
        (('kind = "pain_scores"', 'kind = "pain"'), "file 1 (scores).record 1 (pain).kind", "must be 'procedures'"),
        (('score = "NRS"', 'score = { column = "NRS", constant = "7" }'), "columns.score", "exactly one of"),
        (('score = "NRS"', 'score = { column = "NRS", codes = "words" }'), "", "no [codes.words]"),
        (('score = "NRS"', 'score = { column = "NRS", pattern = "x" }'), "columns.score", "one group"),
        (('score = "NRS"', "score = { column = 'NRS', pattern = '(x' }"), "columns.score", "no regular expression"),
        (
            ('score = "NRS"', "score = { column = 'NRS', pattern = '(x{99999999999})' }"),
            "columns.score",
            "no regular expression",
        ),
        (
            ('score = "NRS"', "score = { column = 'NRS', pattern = '(x)(?=y)' }"),
            "columns.score",
            "more than the warehouse can read",
        ),
        (('title = "A"', 'title = "A"\ncolour = "red"'), "colour", "no such key"),
        (('score = "NRS"', "score = 7"), "columns.score", "must be a heading"),
        (('score = "NRS"', "score = { column = { column = 'NRS' } }"), "columns.score.column", "must be a list in [ ]"),
        (('title = "A"', 'title = "A"\nsends = "deaths"'), "sends", "must be a list in [ ]"),
        (('title = "A"', ""), "title", "is missing"),
        (('name = "scores"', 'name = "scores"\nreader = { kind = "tsv" }'), "file 1 (scores).reader", "out of 'csv'"),
        (('title = "A"', "title = A"), "", "not valid TOML"),
        (('[formats]\ndate_time = "%d.%m.%Y %H:%M"', ""), "", "no form of dates"),
    ],
)
def test_a_mistake_names_file_and_key(change: tuple[str, str], key: str, words: str) -> None:
    assert validate_source(SCORES.encode(), "a", "a.toml").file
    assert change[0] in SCORES
    with pytest.raises(UsageProblem) as problem:
        validate_source(SCORES.replace(*change).encode(), "a", "a.toml")
    assert problem.value.where.startswith("a.toml")
    assert key in problem.value.where
    assert words in str(problem.value)


def test_records_of_a_row_stand_in_the_order_in_which_they_are_judged() -> None:
    second = SCORES[SCORES.index("[[file.record]]") :]
    first = '[[file.record]]\nkind = "people"\n[file.record.columns]\npatient_id = "Patient"\n'
    assert validate_source((SCORES.replace(second, first) + second).encode(), "a", "a.toml")
    with pytest.raises(UsageProblem, match="stand in the order"):
        validate_source((SCORES + first).encode(), "a", "a.toml")


def test_a_named_value_stands_for_its_cell() -> None:
    text = SCORES.replace('name = "scores"', 'name = "scores"\nvalues.key = { parts = ["Patient", "Zeit"] }')
    source = validate_source(text.replace('score_id = "No"', 'score_id = { value = "key" }').encode(), "a", "a.toml")
    number = source.file[0].record[0].columns["score_id"]
    assert [part.column for part in number.parts] == [("Patient",), ("Zeit",)]


def own_source(home: Home, name: str, text: str) -> Path:
    folder = home.root / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder / f"{name}.toml"


def test_a_hospitals_own_source_lies_in_its_home(home: Home) -> None:
    own_source(home, "klinik", SCORES)
    assert "klinik" in source_names()
    assert read_source("klinik").title == "A"


def test_a_hospitals_own_source_never_hides_a_shipped_one(home: Home) -> None:
    own_source(home, "canonical", SCORES)
    with pytest.raises(UsageProblem, match="has a source of this name"):
        read_source("canonical")
