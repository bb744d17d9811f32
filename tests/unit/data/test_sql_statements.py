"""Named statements of SQLite files: each name is in use, and each in use is there."""

import re
from pathlib import Path

import pytest

from data.home import DATA
from data.storage.sql_statements import read_statements

USERS = {
    "account_statements.sql": ("accounts.py", "storage/audited_file.py"),
    "journal_statements.sql": ("journal.py",),
}


def test_a_statement_is_what_stands_between_its_name_and_the_next(tmp_path: Path) -> None:
    file = tmp_path / "some.sql"
    file.write_text("-- about\n\n-- name: one\nselect 1;\n\n-- name: two\n-- why\nselect\n    2;\n", encoding="utf-8")
    assert read_statements(file) == {"one": "select 1", "two": "-- why\nselect\n    2"}


@pytest.mark.parametrize("file", USERS)
def test_every_statement_is_used_and_every_used_one_is_there(file: str) -> None:
    users = "".join((DATA / name).read_text(encoding="utf-8") for name in USERS[file])
    assert set(re.findall(r'SQL\["(\w+)"\]', users)) == set(read_statements(DATA / file))
