"""Command line of the write side. Data goes to stdout, narration to stderr, a patient's values to neither."""

import getpass
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from data.command_line import run_command
from data.errors import ExitCode, UsageProblem
from data.home import Home, demo_home, department_home
from data.journal import Journal
from data.settings import check_all
from etl.build.file_report import lines_of_report
from etl.demo import DEPARTMENT, PROCEDURES_DEFAULT, RECEIVED_AT, SEED_DEFAULT, TIME_ZONE, synthetic_department
from etl.generations import file_archive, publish
from etl.generations.file_archive import read_file
from etl.generations.manifest import Manifest
from etl.generations.progress import progress_on_stderr
from etl.live_queries import asks_databases
from etl.load import check_files, load_files, rebuild_generation
from etl.load_terms import SCHEDULED_VARIABLE, LoadResult, Terms, time_zone
from etl.operations import describe_files, safekeeping_commands
from etl.operations.rejected_rows import write_rejected
from etl.operations.status import lines_of_status, read_status
from etl.registry import ship_command
from etl.registry.pool import pool_command
from etl.sources import Source, read_source

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Take files in, build a new generation of the warehouse, publish it.",
)
app.add_typer(safekeeping_commands.app)
app.add_typer(describe_files.app)
app.add_typer(ship_command.app)
app.add_typer(pool_command.app)

POOL_INSTEAD = "Run `python -m etl pool DIR` with the folder of the shipments"
Paths = Annotated[list[Path] | None, typer.Argument(help="Files or folders; without any, everything in inbox/.")]
SourceName = Annotated[str, typer.Option("--source", help="Name of the sending system in etl/sources/.")]
Zone = Annotated[str | None, typer.Option("--timezone", help="Zone of local times, such as America/Chicago.")]


def _home_to_load() -> Home:
    check_all()
    home = department_home()
    publish.prepare_home(home)
    return home


def _paths_to_load(home: Home, paths: list[Path] | None, source: Source) -> list[Path]:
    """What a load takes: the paths named; else the source's own queries, where it has any; else the inbox."""
    return paths or ([] if asks_databases(source) else [home.inbox])


def took_nothing(result: LoadResult) -> bool:
    """Whether there were files, and every one was ignored or refused."""
    return bool(result.ignored or result.refused) and not (result.reports or result.known)


def _print_result(result: LoadResult) -> None:
    for report in result.all_reports:
        for line in lines_of_report(report):
            print(line)
    for remark in result.remarks:
        print(f"export: {remark}")
    for name in result.known:
        print(f"{name}: loaded before, nothing new")
    for name in result.companions:
        print(f"{name}: read for the meaning of the codes in the other files")
    for name in result.ignored:
        print(f"{name}: ignored, it is no file of this source")
    for refusal in result.refused:
        print(f"refused: {refusal.error}")
    # A file that was refused is of this source; its refusal says what to do.
    if took_nothing(result) and not result.refused:
        print("no file was taken: name another --source, or describe the sending system (docs/sources.md)")


@app.command("load")
def load_command(
    paths: Paths = None,
    source: SourceName = "canonical",
    timezone: Zone = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a file with any reject, and publish nothing.")
    ] = False,
    accept_rejects: Annotated[
        bool, typer.Option("--accept-rejects", help="Take a file in although more than 20 % of its rows are rejected.")
    ] = False,
    accept_shrink: Annotated[
        bool, typer.Option("--accept-shrink", help="Take in a delivery of everything with fewer than half the rows.")
    ] = False,
    accept_replaced: Annotated[
        bool,
        typer.Option("--accept-replaced", help="Take a file in although rows that it replaces are of others then."),
    ] = False,
    accept_surprises: Annotated[
        bool, typer.Option("--accept-surprises", help="Take a file in although it is gravely unlike earlier ones.")
    ] = False,
    tidy: Annotated[
        bool, typer.Option("--tidy", help="Remove files from the inbox that are in the archive now.")
    ] = False,
) -> None:
    """Take files in, build, publish; print what was read, loaded, rejected and why."""
    home = _home_to_load()
    publish.refuse_registry(home, POOL_INSTEAD)
    sending = read_source(source)
    terms = Terms(
        source=sending,
        zone=time_zone(timezone, sending),
        strict=strict,
        accept_rejects=accept_rejects,
        accept_shrink=accept_shrink,
        accept_replaced=accept_replaced,
        accept_surprises=accept_surprises,
    )
    with publish.only_load(home), progress_on_stderr() as progress:
        result = load_files(home, _paths_to_load(home, paths, sending), terms, progress)
        _note_load(home, result)
        removed = file_archive.tidy_inbox(home, publish.current_manifest(home).received) if tidy else []
    _print_result(result)
    for name in removed:
        print(f"{name}: removed from the inbox")
    nothing = "nothing new; the generation in service stays"
    print(f"published {result.generation}" if result.generation else nothing)
    if result.refused or took_nothing(result):
        raise typer.Exit(ExitCode.FILE_REFUSED)


def _note_load(home: Home, result: LoadResult) -> None:
    """Tell the journal how the load went."""
    Journal(home.journal).append(
        "load",
        result.generation or "none",
        {
            "outcome": "published" if result.generation else "no change",
            "scheduled": bool(os.environ.get(SCHEDULED_VARIABLE)),
            "generation": result.generation,
            "refused": [{"name": one.delivery.name, "why": str(one.error)} for one in result.refused],
            "files": [
                {
                    "name": one.name,
                    "rows_read": one.rows_read,
                    "rows_loaded": one.rows_loaded,
                    "rows_rejected": one.rows_rejected,
                }
                for one in result.reports
            ],
            "replaced": [
                {key: getattr(one, key) for key in ("file", "earlier_file", "rows", "identity_changed", "rows_lost")}
                for report in result.all_reports
                for one in report.replaced
            ],
            "surprises": [
                {"file": report.name, **asdict(one)} for report in result.all_reports for one in report.surprises
            ],
        },
        getpass.getuser(),
    )


@app.command("map")
def map_command(
    file: Annotated[
        Path, typer.Argument(help="A file of a sending system that has no TOML yet.", exists=True, dir_okay=False)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write the TOML; without it, to the screen.")
    ] = None,
    show_rare: Annotated[
        bool,
        typer.Option("--show-rare", help="Texts of codes that are rare too; not with --out."),
    ] = False,
) -> None:
    """Propose a source TOML for an unknown file. Of its values it holds texts of codes that occur five times."""
    # Also where the shell sends the output on: a file or a log of rare texts is what must not be.
    if show_rare and (out is not None or not sys.stdout.isatty()):
        raise UsageProblem(
            "--show-rare", "rare texts may tell of a single person", "Leave out --out, > and |: look at the screen"
        )
    from etl.propose.proposal import propose_source  # noqa: PLC0415 - its word lists, which no load should wait for

    proposal = propose_source(read_file(file, True).content, file.name, show_rare)
    if out is None:
        print(proposal, end="")
        return
    if out.exists():
        raise UsageProblem(str(out), "the file exists", "Name another one; nothing was written")
    out.write_text(proposal, encoding="utf-8")
    left = (
        count_words(proposal.count("# decide:"), "decision"),
        count_words(proposal.count("# missing:"), "missing column"),
    )
    print(f"{out}: left to a person: {' and '.join(left)}")
    print("Finish it in the home's folder sources/ and see its effect: python -m etl check FILE --source NAME")


def count_words(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


@app.command("check")
def check_command(paths: Paths = None, source: SourceName = "canonical", timezone: Zone = None) -> None:
    """The report that a load would give; nothing is written."""
    check_all()
    home = department_home()
    sending = read_source(source)
    with progress_on_stderr() as progress:
        result = check_files(
            home,
            _paths_to_load(home, paths, sending),
            Terms(source=sending, zone=time_zone(timezone, sending)),
            progress,
        )
    _print_result(result)
    if result.refused or took_nothing(result) or any(report.rows_rejected for report in result.reports):
        raise typer.Exit(ExitCode.DISAGREEMENT)


@app.command("demo")
def demo_command(
    procedures: Annotated[int, typer.Option(min=1, max=2_000_000, help="How many procedures.")] = PROCEDURES_DEFAULT,
    seed: Annotated[int, typer.Option(help="The same seed gives the same department.")] = SEED_DEFAULT,
    out: Annotated[Path | None, typer.Option("--out", help="Only write the CSV files to this folder.")] = None,
    unless_loaded: Annotated[
        bool, typer.Option("--unless-loaded", help="Do nothing where there is already something to show.")
    ] = False,
) -> None:
    """A synthetic department: builds data/demo, or with --out only writes its CSV files."""
    check_all()
    if unless_loaded and (department_home().has_generation or publish.in_service(demo_home())):
        return
    files = synthetic_department(procedures, seed)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (out / name).write_text(text, encoding="utf-8", newline="")
            print(out / name)
        return
    home = demo_home()
    publish.prepare_home(home)
    home.settings.mkdir(exist_ok=True)
    if not (own := home.settings / "department.toml").exists():
        own.write_text(f'name = "{DEPARTMENT}"\n', encoding="utf-8")
    with publish.only_load(home), progress_on_stderr() as progress:
        for name, text in files.items():
            publish.write_whole(home.inbox / name, text.encode("utf-8"), publish.PRIVATE_FILE)
        terms = Terms(source=read_source("synthetic"), zone=TIME_ZONE, received_at=RECEIVED_AT)
        result = load_files(home, [home.inbox], terms, progress, before=Manifest())
        _note_load(home, result)
    print(f"published {result.generation or 'nothing new'} in {home.root}")


@app.command("status")
def status_command(
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
) -> None:
    """What is in service: generation, counts, files with the accounting of their rows."""
    home = department_home()
    told = read_status(home)
    pooled = pool_command.read_pool_status(home) if home.kind == "registry" else {}
    told |= pooled
    if as_json:
        print(json.dumps(told, indent=1))
        return
    for line in pool_command.lines_of_pool(told) if pooled else lines_of_status(told):
        print(line)


@app.command("rejected")
def rejected_command(out: Annotated[Path, typer.Option("--out", help="Folder to write to.")]) -> None:
    """Rejected rows, per file with the same columns plus `why`, to correct and load again."""
    home = department_home()
    publish.refuse_registry(home, "Rejected rows stay at the hospitals: run the command there")
    for name, rows in write_rejected(home, out):
        print(f"{name}: {rows} rows")


@app.command("rebuild")
def rebuild_command() -> None:
    """Build the generation in service anew from the archive, with this code and these settings."""
    home = _home_to_load()
    with publish.only_load(home), progress_on_stderr() as progress:
        rebuild = pool_command.rebuild_registry if home.kind == "registry" else rebuild_generation
        name = rebuild(home, progress)
        Journal(home.journal).append("load", name, {"outcome": "rebuilt", "generation": name}, getpass.getuser())
    print(f"published {name}")


if __name__ == "__main__":
    run_command(app)
