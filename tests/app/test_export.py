"""Figures as CSV by command: the columns of the contract, golden bytes, clear refusals."""

import getpass
import hashlib
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from data import export_log
from data.home import PROJECT, Home
from queries.figures.summarise import COLUMNS
from tests.commands import Ended, run_dashboard
from tests.records import Records, loaded

GOLDEN = Path(__file__).parent / "golden"


def export(*arguments: str) -> Ended:
    return run_dashboard("export", *arguments)


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("department") / "home")
    records = Records()
    for place in range(14):
        row = records.procedure(
            f"2026-0{1 + place % 3}-12",
            site="Riverside" if place % 2 else 'North "field", Ltd',
            levels="T12;L1" if place % 4 == 0 else "L1",
            discharged_at=None if place == 3 else f"2026-0{1 + place % 3}-1{2 if place % 5 else 3}T16:00",
        )
        records.score(row, f"{row['performed_on']}T09:00", 8)
        records.score(row, f"2026-0{1 + place % 3}-14T09:00", place % 9)
    loaded(home, records)
    return home


@pytest.fixture
def department(home: Home, loaded_once: Home) -> None:
    """A home of its own: what is exported goes into its log."""
    shutil.copytree(loaded_once.root, home.root)


CASES = {
    "same_day_by_site_and_month": ("same_day_discharge", "--by", "site", "--by", "month"),
    "relief_and_recovery": ("responders_50_hours_24_72", "recovery_hours", "pain_score_hours_24_72", "procedures"),
    "vertebrae_of_one_site": ("treated_vertebra", "--where", "site=Riverside", "--where", "from=2026-01-01"),
    "outside": ("same_day_discharge", "--by", "levels", "--audience", "outside"),
}


@pytest.mark.usefixtures("department")
@pytest.mark.parametrize("name", CASES)
def test_bytes_are_the_golden_ones(name: str) -> None:
    """A generation's name is the only thing that may differ: it is the hash of everything the figures were made of."""
    done = export(*CASES[name])
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    generation = {line.split(",")[COLUMNS.index("generation")] for line in lines[1:] if '"' not in line}
    text = done.stdout
    for one in generation:
        text = text.replace(one, "GENERATION")
    golden = GOLDEN / f"{name}.csv"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="")
        pytest.fail(f"{golden} is new: read it, and keep it if it is right")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.usefixtures("department")
def test_out_writes_the_same_bytes(tmp_path: Path) -> None:
    out = tmp_path / "figures.csv"
    assert export("procedures", "--out", str(out)).stdout == ""
    assert out.read_text(encoding="utf-8") == export("procedures").stdout


@pytest.mark.usefixtures("department")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no_such_metric",), "no such metric"),
        (("same_day_discharg",), "same_day_discharge"),
        (("procedures", "--by", "month", "--by", "year"), "at most one period"),
        (("procedures", "--by", "site", "--by", "levels"), "at most one period"),
        (("procedures", "--by", "colour"), "no such grouping"),
        (("treated_vertebra", "--by", "site"), "already split"),
        (("procedures", "--where", "site=Nowhere"), "no such value"),
        (("procedures", "--where", "colour=red"), "no such filter"),
        (("procedures", "--where", "from=soon"), "not a date"),
        (("procedures", "--audience", "press"), "press"),
        ((), "metrics"),
    ],
)
def test_what_cannot_be_answered_exits_2_with_the_reason(arguments: tuple[str, ...], words: str) -> None:
    done = export(*arguments)
    assert done.returncode == 2
    assert words in done.stderr.lower()
    assert done.stdout == ""


def test_without_a_generation_it_exits_69() -> None:
    assert export("procedures").returncode == 69


@pytest.mark.usefixtures("department")
def test_neither_streamlit_nor_plotly_is_imported() -> None:
    program = (
        "import sys, runpy; sys.argv = ['dashboard', 'export', 'procedures']\n"
        "try: runpy.run_module('dashboard', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(sorted({'streamlit', 'plotly'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=PROJECT, check=True)
    assert done.stderr.strip().endswith("[]")


@pytest.mark.usefixtures("department")
def test_what_leaves_is_in_the_log_by_the_hash_of_its_bytes_and_a_changed_log_is_noticed(
    home: Home, tmp_path: Path
) -> None:
    for name, how in (("figures.csv", ("--excel",)), ("figures.xlsx", ())):
        done = export("same_day_discharge", "--audience", "outside", "--out", str(tmp_path / name), *how)
        assert done.returncode == 0, done.stderr
        event = export_log.read_exports(home)[-1]
        assert (event.payload["file"], event.author) == (name, getpass.getuser())
        assert event.payload["sha256"] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert (tmp_path / "figures.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(sqlite3.IntegrityError), sqlite3.connect(home.journal) as connection:
        connection.execute("update event set author = 'nobody'")
    with sqlite3.connect(home.journal) as connection:
        connection.executescript("drop trigger event_is_never_changed; update event set author = 'nobody'")
    connection.close()
    verified = run_dashboard("verify")
    assert verified.returncode == 1
    assert "is not as it was written" in verified.stderr
