"""Every rule that refuses a file has an example that breaks it; an ordinary file breaks none; all are documented."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from data.home import PROJECT, Home
from etl import rules
from etl.rules.__main__ import document_lines
from tests.grids import sample
from tests.records import Records, take

Spoil = Callable[[str], str | bytes]
BREAKERS: dict[str, Spoil] = {
    "file_empty": lambda _: " \n",
    "not_text": lambda text: text.replace("P506", "P5\x0006"),
    "other_table": lambda _: "a,b,c\n1,2,3\n",
    "column_missing": lambda text: text.replace("discharged_at,", "", 1),
    "column_twice": lambda text: text.replace("arrived_at", "ended_at", 1),
    "encoding_unsure": lambda text: text.replace("A. Moreau", "Hélène").encode("cp1252"),
    "quote_open": lambda text: text.replace("P506", '"P506', 1),
    "too_many_columns": lambda text: "\n".join(line + ",x" * 3_000 for line in text.splitlines()) + "\n",
    "too_many_rejects": lambda text: text.replace("2026-02-12,2026", "12.02.26,2026", 4),
    "any_reject": lambda text: text.replace("2026-02-12,2026", "12.02.26,2026", 1),
}
# With tests of their own: test_snapshots, test_damage, test_bad_files, test_treatment, and the reader of workbooks.
ELSEWHERE = {
    "shrunk",
    "changed_while_read",
    "no_file",
    "packed_too_much",
    "no_treatment",
    "replaces_others",
    "unlike_earlier",
}


def ordinary(folder: Path) -> Path:
    records = Records(_numbers=count(500))
    for _ in range(12):
        records.procedure("2026-02-12")
    return records.write(folder) / "procedures.csv"


def test_every_file_rule_has_an_example() -> None:
    assert set(rules.file_rules()) == set(BREAKERS) | ELSEWHERE
    for rule in rules.file_rules().values():
        assert rule.remedy.endswith(".")


@pytest.mark.parametrize("rule", sample(BREAKERS, 5))
def test_a_file_that_breaks_a_rule_is_refused_by_it(rule: str, home: Home, tmp_path: Path) -> None:
    path = ordinary(tmp_path / "in")
    spoiled = BREAKERS[rule](path.read_text(encoding="utf-8"))
    path.write_bytes(spoiled if isinstance(spoiled, bytes) else spoiled.encode())
    result = take(home, path, strict=rule == "any_reject")
    assert [rules.file_rules()[rule].says in str(one.error) for one in result.refused] == [True]
    assert not home.has_generation


def test_an_ordinary_file_breaks_no_rule(home: Home, tmp_path: Path) -> None:
    assert not take(home, ordinary(tmp_path / "in"), strict=True).refused


def test_the_rule_book_is_documented_as_it_is() -> None:
    written = (PROJECT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == "\n".join(document_lines()) + "\n", "run: python -m etl.rules > docs/rules.md"
