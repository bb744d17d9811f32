"""Every way in which records or figures leave, as one table: each is in the export log first, or nothing leaves."""

import ast
import getpass
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from dashboard.__main__ import app as dashboard_app
from dashboard.exports import figure_downloads, row_downloads
from dashboard.exports.bundle.order import Profile
from dashboard.exports.report import report_command
from dashboard.exports.routes import EXPORT_ROUTES
from dashboard.view.reader_view import View, open_view
from data import export_log
from data.errors import StorageProblem
from data.home import PROJECT, Home
from etl.__main__ import app as etl_app
from queries.catalogue.filters import EVERYTHING
from queries.explain.selections import Behind
from tests.app.pages import app as page
from tests.grids import sample
from tests.records import Records, loaded
from tests.signed_in import as_reader

# What every command gives out of the records. None = nothing: it reads, writes into the home, or tells of the program.
COMMANDS = {
    "dashboard export": "figures",
    "dashboard bundle": "rows",
    "dashboard report": "figures",
    "dashboard digest": "figures",
    "dashboard signals": "figures",
    "dashboard verify": None,
    "dashboard reconcile": None,
    "dashboard audit": None,
    "dashboard doctor": None,
    "dashboard user add": None,
    "dashboard user disable": None,
    "dashboard user end": None,
    "dashboard user second-factor": None,
    "dashboard user sign-ins": None,
    "dashboard user enable": None,
    "dashboard user list": None,
    "dashboard user password": None,
    "dashboard user role": None,
    "dashboard user sites": None,
    "dashboard user unlock": None,
    "etl load": None,
    "etl map": None,
    "etl schema": None,
    "etl templates": None,
    "etl check": None,
    "etl demo": None,
    "etl status": None,
    "etl rejected": "rows",
    "etl rollback": None,
    "etl retain": None,
    "etl rebuild": None,
    "etl forget": None,
    # A copy of the home for the home's own keeper, in the journal as an event of its own kind.
    "etl backup": None,
    "etl restore": None,
    # Tried in tests/loads/test_ship_records.py, its manifest in the log: that names every file by its hash.
    "etl ship": "rows",
    # Into a home of its own, whose ways out are those above.
    "etl pool": None,
}
ROUTES = {"/export/{export_id}": "prepared files", "/figures/{offer_id}": "figures of a page"}
Taken = list[bytes]


def by_command(app: typer.Typer, *arguments: str) -> Taken:
    """What a command that ends well gives out, on the terminal."""
    done = CliRunner().invoke(app, arguments)
    if isinstance(done.exception, OSError | StorageProblem):
        raise done.exception
    # 1 = there are signals.
    assert done.exit_code == int(arguments[0] == "signals"), done.output
    return [done.stdout_bytes] if done.stdout_bytes else []


def into(out: Path, app: typer.Typer, *arguments: str) -> Taken:
    """The same, as files in a folder."""
    try:
        assert by_command(app, *arguments) == []
    finally:
        left = [path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()]
    return left


def of_a_page(_: View, __: Path) -> Taken:
    reader = open_view(EVERYTHING).reader
    links = [one.proto.url for one in page("same_day_discharge").get("link_button")]
    assert len(links) > 2
    return [figure_downloads.fetch_download(reader, links[0].rsplit("/", 1)[-1])[1]]


def of_a_bar(view: View, _: Path) -> Taken:
    behind = Behind(metric="same_day_discharge", status="recorded", by="levels", group="2")
    return [
        row_downloads.prepare_bundle(view, Profile.LIMITED, recipient="", purpose="", behind=behind).path.read_bytes()
    ]


def report_of_a_page(view: View, _: Path) -> Taken:
    return [row_downloads.fetchable_export(view.reader, row_downloads.prepare_report(view))[0].read_bytes()]


WAYS: dict[str, Callable[[View, Path], Taken]] = {
    "export": lambda _, __: by_command(dashboard_app, "export", "procedures"),
    "export --audience outside": lambda _, __: by_command(
        dashboard_app, "export", "procedures", "--audience", "outside"
    ),
    "export --out csv": lambda _, out: into(out, dashboard_app, "export", "procedures", "--out", str(out / "a.csv")),
    "export --out xlsx": lambda _, out: into(out, dashboard_app, "export", "procedures", "--out", str(out / "a.xlsx")),
    "bundle": lambda _, out: into(
        out, dashboard_app, "bundle", "--profile", "limited", "--where", "levels=3", "--out", str(out / "a.zip")
    ),
    "report": lambda _, out: into(out, dashboard_app, "report", "--out", str(out)),
    "digest": lambda _, out: into(out, dashboard_app, "digest", "--out", str(out)),
    "signals": lambda _, __: by_command(dashboard_app, "signals", "--all"),
    "figures of a page": of_a_page,
    "rows behind a bar": of_a_bar,
    "report of a page": report_of_a_page,
}


def printed(html: Path, out: Path) -> bool:
    """Stands for Chromium."""
    out.write_bytes(b"%PDF " + hashlib.sha256(html.read_bytes()).digest())
    return True


@pytest.fixture
def view(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> View:
    monkeypatch.setenv("OUTCOMES_HOME", str(synthetic.root))
    monkeypatch.setattr(report_command, "to_pdf", printed)
    as_reader(monkeypatch, "lead")
    return open_view(EVERYTHING)


@pytest.mark.parametrize("way", sample(WAYS, 4))
def test_what_leaves_is_in_the_log(way: str, view: View, synthetic: Home, tmp_path: Path) -> None:
    before = len(export_log.read_exports(synthetic))
    taken = WAYS[way](view, tmp_path)
    logged = export_log.read_exports(synthetic)[before:]
    assert taken
    assert sorted(event.payload["sha256"] for event in logged) == sorted(
        hashlib.sha256(one).hexdigest() for one in taken
    )
    for event in logged:
        assert event.author in (view.reader.name, getpass.getuser())
        assert {"profile", "filters", "rows", "generation", "recipient", "file"} <= set(event.payload)
        assert event.payload["generation"] == view.info.generation
    assert export_log.broken_links(synthetic) == []


@pytest.mark.parametrize("way", sample(WAYS, 3))
def test_nothing_leaves_while_the_log_cannot_be_written(
    way: str, view: View, synthetic: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise OSError(13, "the export log cannot be written")

    monkeypatch.setattr(export_log, "record_export", closed)
    before = sorted(synthetic.exports.glob("*"))
    with pytest.raises(OSError, match="export log"):
        WAYS[way](view, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert sorted(synthetic.exports.glob("*")) == before


def test_rejected_rows_are_in_the_log_first(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    for place in range(10):
        records.procedure(f"2026-01-{10 + place}")
    records.procedure("not a date")
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    out = tmp_path / "back"
    assert by_command(etl_app, "rejected", "--out", str(out))
    (written,) = out.iterdir()
    (event,) = export_log.read_exports(home)
    assert event.author == getpass.getuser()
    assert event.payload["sha256"] == hashlib.sha256(written.read_bytes()).hexdigest()
    assert (event.payload["what"], event.payload["rows"], event.payload["file"]) == ("rejected_rows", 1, "file 1")
    home.journal.rename(home.journal.with_suffix(".away"))
    home.journal.mkdir()
    with pytest.raises(StorageProblem, match="export log"):
        by_command(etl_app, "rejected", "--out", str(tmp_path / "again"))
    assert list((tmp_path / "again").iterdir()) == []


def test_a_log_that_cannot_be_written_ends_the_command_with_74(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    from data.command_line import run_command  # noqa: PLC0415 - beside what it is run with

    records = Records()
    records.procedure()
    loaded(home, records)
    if home.journal.exists():
        home.journal.rename(home.journal.with_suffix(".away"))
    home.journal.mkdir()
    with pytest.raises(SystemExit) as ended, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTCOMES_HOME", str(home.root))
        patch.setattr("sys.argv", ["dashboard", "export", "procedures"])
        run_command(dashboard_app)
    told = capsys.readouterr()
    assert ended.value.code == 74
    assert told.out == ""
    assert "the export log cannot be written, so nothing is given out" in told.err


def test_every_command_and_route_stands_in_the_table() -> None:
    """A new one has to be put there, and to be tried above where it gives anything out."""
    found = set()
    for program, app in (("dashboard", dashboard_app), ("etl", etl_app)):
        found |= {f"{program} {one.name}" for one in app.registered_commands}
        for group in app.registered_groups:
            assert group.typer_instance is not None
            name = f"{program} {group.name}" if isinstance(group.name, str) else program
            found |= {f"{name} {one.name}" for one in group.typer_instance.registered_commands}
    assert found == set(COMMANDS)
    tried = {f"dashboard {way.split()[0]}" for way in WAYS} | {"etl rejected", "etl ship"}
    assert {name for name, gives in COMMANDS.items() if gives} <= tried
    assert {route.path for route in EXPORT_ROUTES} == set(ROUTES)


def test_no_page_gives_out_a_file_by_itself() -> None:
    """Streamlit's own button offers its bytes with every run, unlogged."""
    for path in sorted((PROJECT / "dashboard").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Attribute) and node.attr == "download_button"), path


def test_a_figures_file_is_for_the_tab_s_own_reader(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    link = page("same_day_discharge").get("link_button")[0].proto.url.rsplit("/", 1)[-1]
    assert figure_downloads.fetch_download(view.reader, link)
    for role in ("lead", "viewer", "admin"):
        other = as_reader(monkeypatch, role, ["Riverside Hospital"])
        with pytest.raises(figure_downloads.AccessDenied):
            figure_downloads.fetch_download(other, link)


def test_the_log_holds_when_several_processes_write_at_once(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(synthetic.root))
    before = len(export_log.read_exports(synthetic))
    write = (
        "import sys; from pathlib import Path; from data import export_log; from data.home import Home\n"
        "home = Home(Path(sys.argv[1]))\n"
        "for place in range(12):\n"
        "    export_log.record_file(home, 'figures', profile='department', filters='', content=b'x', rows=1,"
        " generation='g', file=None, author=sys.argv[2])"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", write, str(synthetic.root), name], cwd=PROJECT)
        for name in ("first", "second", "third")
    ]
    assert [one.wait(60) for one in writers] == [0, 0, 0]
    assert len(export_log.read_exports(synthetic)) == before + 36
    assert export_log.broken_links(synthetic) == []
    assert export_log._read_chain_end(export_log._end_file(synthetic))["exports"] == before + 36
    assert CliRunner().invoke(dashboard_app, ["verify"]).exit_code == 0
