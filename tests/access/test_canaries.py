"""Canaries in every column of every kind of file, good rows and bad: where they turn up, and where they must not.

The example extracts are loaded with every patient's and procedure's number made a canary, and with a bad copy of a row
for each column. Everything that is printed, logged, kept and sent to browsers is then searched.
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dashboard.contents import TITLES
from data.home import PROJECT, Home
from tests.access.conftest import PEOPLE
from tests.access.serving import Gated, Tab, gated
from tests.signed_in import sign_off

NUMBER, BAD = "CANARYNUMBER", "CANARYBAD"
SEEN = re.compile(rb"CANARY(?:NUMBER|BAD)[A-Za-z0-9]*")
QUERIES = ("", "procedure=CANARYNUMBER0000001", "site=CANARYBAD0x0", "metric=CANARYBAD&group=CANARYNUMBER")
Grid = list[list[Any]]


def planted(rows: Grid, numbers: tuple[str, ...], place: int = 0) -> Grid:
    """Rows of a table, wherever its header is: numbers made canaries, and a bad copy of a row for each column."""
    top = next(at for at, row in enumerate(rows) if set(numbers) & {str(cell).strip() for cell in row})
    header = [str(cell).strip() for cell in rows[top]]
    ours = [at for at, name in enumerate(header) if name in numbers]
    body = [
        [f"{NUMBER}{cell}" if at in ours and cell not in ("", None) else cell for at, cell in enumerate(row)]
        for row in rows[top + 1 :]
    ]
    whole = [row for row in body if len(row) >= len(header)]
    copies = []
    for at in range(len(header)):
        copy = list(whole[at % len(whole)])
        # What stands for a number is one, whatever it looks like: only who may see numbers may see it.
        copy[at] = f"{NUMBER if at in ours else BAD}{place}x{at}"
        copies.append(copy)
    return [*rows[: top + 1], *body, *copies]


def of_csv(source: Path, target: Path, numbers: tuple[str, ...], place: int) -> None:
    rows = planted(list(csv.reader(io.StringIO(source.read_text(encoding="utf-8")))), numbers, place)
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def of_workbook(source: Path, target: Path, numbers: tuple[str, ...], place: int) -> None:
    book = openpyxl.load_workbook(source)
    for sheet in book:
        rows = planted([list(row) for row in sheet.iter_rows(values_only=True)], numbers, place)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row, start=1):
                if sheet.cell(number, column).value != cell and cell is not None:
                    sheet.cell(number, column).value = cell
    book.save(target)


def of_resources(source: Path, target: Path, numbers: tuple[str, ...], place: int) -> None:
    del numbers
    lines = source.read_text(encoding="utf-8").splitlines()
    renamed = [re.sub(r'^(\{"resourceType":"\w+","id":")', rf"\1{NUMBER}", line) for line in lines]
    renamed = [re.sub(r'"reference":"(\w+)/', rf'"reference":"\1/{NUMBER}', line) for line in renamed]
    renamed = [re.sub(r'"value":"MR', f'"value":"{NUMBER}MR', line) for line in renamed]
    copies = []
    for at, _ in enumerate(_texts(json.loads(renamed[0]))):
        copy = json.loads(renamed[at % len(renamed)])
        leaves = list(_texts(copy))
        holder, key = leaves[at % len(leaves)]
        holder[key] = f"{BAD}{place}x{at}"
        copies.append(json.dumps(copy))
    target.write_text("\n".join([*renamed, *copies]) + "\n", encoding="utf-8")


def _texts(found: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a resource that holds a text."""
    for key, value in list(found.items() if isinstance(found, dict) else enumerate(found)):
        if isinstance(value, str):
            yield found, key
        elif isinstance(value, (dict, list)):
            yield from _texts(value)


Plant = Callable[[Path, Path, tuple[str, ...], int], None]
EXTRACTS: dict[str, tuple[str, Plant, tuple[str, ...], str]] = {
    "canonical": ("*.csv", of_csv, ("procedure_id", "patient_id", "score_id", "complication_id", "contact_id"),
                  "America/Chicago"),
    "us_ehr_csv": ("*.csv", of_csv, ("MRN", "Case ID"), "America/New_York"),
    "uk_audit_xlsx": ("*.xlsx", of_workbook, ("Hosp No",), "Europe/London"),
    "redcap": ("data.csv", of_csv, ("record_id", "proc_id"), "America/Chicago"),
    "fhir_bulk": ("*.ndjson", of_resources, (), "Australia/Sydney"),
}  # fmt: skip


@pytest.fixture(params=EXTRACTS)
def loaded(request: pytest.FixtureRequest, examples: Path, tmp_path: Path) -> tuple[Home, str]:
    """A home with planted records, and all that the commands printed."""
    pattern, plant, numbers, zone = EXTRACTS[request.param]
    delivery = tmp_path / "delivery"
    delivery.mkdir()
    for path in sorted((examples / request.param).iterdir()):
        if path.suffix in (".csv", ".xlsx", ".ndjson"):
            (delivery / path.name).write_bytes(path.read_bytes())
    for place, path in enumerate(sorted((examples / request.param).glob(pattern))):
        plant(path, delivery / path.name, numbers, place)
    home = Home(tmp_path / "home")
    given = {**os.environ, "OUTCOMES_HOME": str(home.root), "OUTCOMES_TIMEZONE": zone}
    printed = ""
    for words in (["load", str(delivery), "--source", request.param, "--accept-rejects"], ["status"], ["rebuild"]):
        done = subprocess.run(
            [sys.executable, "-m", "etl", *words], cwd=PROJECT, env=given, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        printed += done.stdout + done.stderr
        assert words[0] != "load" or done.returncode in (0, 65), printed
    return home, printed


def visited(app: Gated, who: str) -> Tab:
    """A tab that saw every page, under odd addresses too."""
    with app.tab(who) as tab:
        tab.run()
        for digest in list(tab.pages.values()):
            tab.run(page_script_hash=digest)
        for query in QUERIES:
            tab.run(query=query)
            tab.run("procedures", query=query)
        for page in TITLES:
            tab.run(page)
    return tab


@pytest.mark.thorough
def test_canaries_stay_where_they_belong(loaded: tuple[Home, str], tmp_path: Path) -> None:
    home, printed = loaded
    assert "CANARY" not in printed
    assert home.has_generation
    sign_off(home, "2025-06")
    with gated(tmp_path, home, PEOPLE) as app:
        seen = {}
        for who in ("vera", "quentin", "ada", "cora", "leo"):
            tab = visited(app, who)
            assert b"went wrong" not in tab.bytes
            # What a query string asked for comes back nowhere either: it is not among what the page shows.
            seen[who] = {one.decode() for one in SEEN.findall(tab.shown)}
        for path in ("/_stcore/metrics", "/healthz", "/readyz", "/_stcore/health", "/export/CANARY", "/media/CANARY"):
            assert b"CANARY" not in app.get(path, "leo").body, path
        log = app.server.log.read_text(encoding="utf-8")
        app.accounts.close()
    assert "CANARY" not in log
    assert b"CANARY" not in home.accounts.read_bytes()
    assert b"CANARY" not in home.journal.read_bytes()
    # A site's name and an operator's are words of the department, not of a patient; operators only by name to the lead.
    assert seen["ada"] == set()
    for who in ("vera", "quentin"):
        assert not [one for one in seen[who] if one.startswith(NUMBER)], who
        assert len(seen[who]) <= 1, seen[who]
    assert seen["quentin"] <= seen["leo"]
    assert len([one for one in seen["leo"] if one.startswith(BAD)]) <= 2, seen["leo"]
    assert {one for one in seen["cora"] if one.startswith(BAD)} <= seen["quentin"]
    for path in home.private.glob("error-*.txt"):
        assert path.stat().st_mode & 0o777 == 0o600
