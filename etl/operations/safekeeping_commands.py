"""Commands that keep records safe, backup, restore and rollback, and the one that erases a person, forget."""

import getpass
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from data.accounts import Accounts
from data.errors import ExitCode, UsageProblem
from data.home import Home, department_home
from data.journal import Journal
from data.settings import check_all, read_operations
from etl.generations import publish
from etl.generations.progress import progress_on_stderr
from etl.operations import backup, retention

app = typer.Typer()

Out = Annotated[Path | None, typer.Option("--out", help="Folder of backups; by default beside the home.")]


@app.command("backup")
def backup_command(
    out: Out = None,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Then remove all but the newest so many backups in the folder.")
    ] = None,
) -> None:
    """Copy archive, generations, identities and journal, with a hash of every file."""
    check_all()
    home = department_home()
    publish.prepare_home(home)
    with publish.only_load(home, "backup"):
        folder = out or backup.default_folder(home)
        made = backup.back_up(home, folder)
        payload = {"files": made.files, "bytes": made.size}
        Journal(home.journal).append("backup", made.folder.name, payload, getpass.getuser())
    print(f"{made.folder}: {made.files} files, {made.size:,} bytes; prove it with `python -m etl restore --drill`")
    if keep is not None and not made.problems:
        _print_removals(retention.old_backups(folder, keep), is_trial=False)
    _end_with(made.problems)


@app.command("retain")
def retain_command(
    out: Out = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
) -> None:
    """Remove what settings/operations.toml no longer keeps: old backups, errors, exports, unused archived files."""
    check_all()
    home = department_home()
    publish.prepare_home(home)
    with publish.only_load(home, "retain"):
        removals = retention.find_removals(home, read_operations().keep, out or backup.default_folder(home))
        _print_removals(removals, dry_run)
        if removals and not dry_run:
            Journal(home.journal).append("retain", "home", {"removed": len(removals)}, getpass.getuser())


def _print_removals(removals: list[retention.Removal], is_trial: bool) -> None:
    """Say what goes, and remove it unless this is a trial."""
    for one in removals:
        print(f"{'would remove' if is_trial else 'removed'} {one.path}: {one.why}")
    if not is_trial:
        retention.remove_all(removals)


@app.command("restore")
def restore_command(
    folder: Annotated[
        Path | None, typer.Argument(help="A backup, or a folder of backups: the newest is taken.")
    ] = None,
    drill: Annotated[
        bool, typer.Option("--drill", help="Only prove that the backup can be restored; the home stays as it is.")
    ] = False,
) -> None:
    """Bring a backup into an empty home, and prove every file by its hash."""
    check_all()
    home = department_home()
    chosen = backup.newest_backup(folder or backup.default_folder(home))
    if drill:
        told = backup.drill_restore(home, chosen)
        print(f"{chosen}: can be restored and used; generation {told['generation']}, data to {told['as_of']}")
        Journal(home.journal).append("drill", chosen.name, {"problems": len(told["problems"])}, getpass.getuser())
        _end_with(told["problems"])
        return
    count = backup.restore_backup(home, chosen)
    Journal(home.journal).append("restore", chosen.name, {"files": count}, getpass.getuser())
    print(f"{home.root}: {count} files restored from {chosen}")
    _print_accounts(home, chosen)


def _end_with(problems: Sequence[str]) -> None:
    """Say what is wrong with the chains, and end as a disagreement does."""
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if problems:
        raise typer.Exit(ExitCode.DISAGREEMENT)


def _print_accounts(home: Home, chosen: Path) -> None:
    """Name who may sign in again: whoever was disabled after the backup is not disabled any more."""
    accounts = Accounts(home.accounts)
    enabled = [one for one in accounts.all() if not one.is_disabled]
    accounts.close()
    print("every sign-in has ended; people sign in again")
    if enabled:
        print(
            f"look at these accounts before the app starts: whoever was disabled after {chosen.name} may sign in again"
        )
    for one in enabled:
        print(f"  {one.name}, {one.role}; not any more: python -m dashboard user disable {shlex.quote(one.name)}")


@app.command("rollback")
def rollback_command(
    to: Annotated[str | None, typer.Option("--to", help="A published generation, by file name or hash.")] = None,
) -> None:
    """Put the generation before the present one, or the one named, back into service."""
    check_all()
    home = department_home()
    publish.refuse_registry(home, "Run `python -m etl pool --rollback`")
    publish.prepare_home(home)
    with publish.only_load(home, "rollback"):
        now, before = publish.roll_back(home, to)
        Journal(home.journal).append("load", now, {"outcome": "rolled back", "generation": now}, getpass.getuser())
    print(f"{now} is in service again" + (f"; {before} is kept until five newer ones exist" if before else ""))


@app.command("forget")
def forget_command(
    source: Annotated[
        str | None, typer.Option("--source", help="Sending system whose number it is, if several have it.")
    ] = None,
) -> None:
    """Erase a person whose number, as the sender writes it, is read from standard input; print a certificate."""
    from etl.operations.forget import forget_patient  # noqa: PLC0415 - reads workbooks, which no load should wait for

    check_all()
    home = department_home()
    publish.refuse_registry(home, "Ask the hospital to forget the person and to ship again; then pool that shipment")
    publish.prepare_home(home)
    number = _number_from_stdin()
    with publish.only_load(home, "forget"), progress_on_stderr() as progress:
        done = forget_patient(home, number, source, progress)
    print(f"source {done.source}: {done.rows} rows redacted in {len(done.files)} files, {done.words} texts erased")
    for before, after in done.rebuilt.items():
        print(f"signed-off generation {before} was rebuilt as {after}: it needs a new signature")
    for name in done.removed:
        print(f"generation {name} was removed")
    for name in done.backups:
        print(f"not searched: {name} holds the person, if it still exists; remove it, or when its retention ends")
    if done.near:
        print(
            f"{done.near} other numbers differ only in blanks, dashes, case or leading zeros: erase them too, if theirs"
        )
    print("restart the dashboard: it may hold what it has shown in memory")
    print(f"certificate: {sum(done.evidence.hits.values())} hits in {done.evidence.files} files")
    for name, hits in done.evidence.hits.items():
        print(f"  {name}: {hits} hits; look into it and remove what is of this person")
    if done.evidence.hits:
        raise typer.Exit(ExitCode.DISAGREEMENT)


def _number_from_stdin() -> str:
    """The number, from a pipe or typed without being shown. Never an argument: those are visible to all users."""
    if sys.stdin.isatty():
        number = getpass.getpass("Patient's number (not shown): ", stream=sys.stderr)
    else:
        number = sys.stdin.readline()
    if not number.strip():
        raise UsageProblem("forget", "no number on standard input", "Pipe it in, or type it when asked")
    return number.strip()
