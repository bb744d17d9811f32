"""Commands that keep records safe: backup, restore and the drill that proves a backup."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

import data
from data.journal import Journal
from etl import backup, publish
from queries.settings import check_all

app = typer.Typer()

Out = Annotated[Path | None, typer.Option("--out", help="Folder of backups; by default beside the home.")]


@app.command("backup")
def backup_command(out: Out = None) -> None:
    """Copy archive, generations, identities and journal, with a hash of every file."""
    check_all()
    home = data.home()
    publish.prepare(home)
    with publish.only_load(home):
        made = backup.back_up(home, out or backup.default_folder(home))
        payload = {"files": made.files, "bytes": made.size}
        Journal(home.journal).append("backup", made.folder.name, payload, getpass.getuser())
    print(f"{made.folder}: {made.files} files, {made.size:,} bytes; prove it with `python -m etl restore --drill`")


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
    home = data.home()
    chosen = backup.newest(folder or backup.default_folder(home))
    if drill:
        told = backup.drill(home, chosen)
        print(f"{chosen}: can be restored; generation {told['generation']}, data to {told['as_of']}")
        return
    count = backup.restore(home, chosen)
    Journal(home.journal).append("restore", chosen.name, {"files": count}, getpass.getuser())
    print(f"{home.root}: {count} files restored from {chosen}")
