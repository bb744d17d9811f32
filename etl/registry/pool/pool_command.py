"""The command `pool`: what a registry makes of the shipments of its hospitals."""

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from data.errors import ExitCode, UsageProblem
from data.home import Home, department_home
from data.journal import Journal
from data.settings import check_all
from data.storage.registry_settings import read_members
from etl.build.build import Progress
from etl.generations import publish
from etl.generations.progress import progress_on_stderr
from queries.warehouse import Warehouse, current_path

app = typer.Typer()


@app.command("pool")
def pool_command(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders of a shipment, of a site or of all sites; without any, the registry's inbox/."),
    ] = None,
    registry: Annotated[
        Path | None, typer.Option("--home", help="The registry's home; without it, OUTCOMES_HOME.")
    ] = None,
    withdraw: Annotated[
        str | None, typer.Option("--withdraw", help="Take a hospital out of the pool, by its key.")
    ] = None,
    rollback: Annotated[bool, typer.Option("--rollback", help="Put the pool before into force again.")] = False,
    engine: Annotated[
        str | None,
        typer.Option("--engine", help="sc://HOST:PORT of a Spark Connect server that works out all answers."),
    ] = None,
) -> None:
    """Take each hospital's newest shipment in, and publish one generation of them all."""
    # The libraries of keys, which no load should wait for.
    from etl.registry.pool import pool_steps  # noqa: PLC0415

    if rollback and (folders or withdraw):
        raise UsageProblem("--rollback", "stands alone", "Roll back first, then pool or withdraw")
    if rollback and engine:
        raise UsageProblem("--engine", "has nothing to work out when a pool is put back", "Leave one of the two out")
    if registry is not None:
        os.environ["OUTCOMES_HOME"] = str(registry)
    home = department_home()
    if set(str(home.root)) & set("*?[="):
        raise UsageProblem(str(home.root), "its path has one of the signs * ? [ =", "Name a folder without them")
    if home.has_generation and not (home.pools / "CURRENT").is_file() and home.kind == "department":
        raise UsageProblem(str(home.root), "is the home of a department", "Name another folder with --home")
    check_all()
    read_members(home)
    publish.prepare_home(home)
    with publish.only_load(home, "pool"), progress_on_stderr() as progress:
        if rollback:
            result = pool_steps.roll_back_pool(home, progress)
        else:
            given = folders or ([] if withdraw else [home.inbox])
            result = pool_steps.pool_folders(home, given, withdraw, datetime.now(UTC).date(), progress, engine=engine)
        payload = {
            "outcome": "rolled back" if rollback else "pooled" if result.generation else "no change",
            "pool": result.pool.hash16,
            "generation": result.generation,
            "taken": result.taken,
            "withdrawn": withdraw,
            "refused": [str(one) for one in result.refused],
        }
        Journal(home.journal).append("pool", result.generation or "none", payload, getpass.getuser())
    for line in (*result.taken, *result.known, *result.remarks):
        print(line)
    for error in result.refused:
        print(f"refused: {error}")
    print(f"published {result.generation}" if result.generation else "nothing new; the pool in force stays")
    if result.refused:
        raise typer.Exit(ExitCode.FILE_REFUSED)


def rebuild_registry(home: Home, progress: Progress) -> str:
    """Build the generation of the pool in force anew, and publish it."""
    from etl.registry.pool import pool_steps  # noqa: PLC0415 - as above

    return pool_steps.rebuild_pool(home, progress)


def read_pool_status(home: Home) -> dict[str, Any]:
    """The pool in service: its name, its hospitals and the late ones among them, as plain values."""
    from etl.registry.pool.pool_store import pool_in_force  # noqa: PLC0415 - as above

    hospitals = Warehouse(current_path(home)).records("select * from hospitals order by hospital")
    for one in hospitals:
        one["as_of"] = one["as_of"].isoformat() if one["as_of"] else None
    pool = pool_in_force(home)
    return {
        "kind": home.kind,
        "pool": pool.hash16,
        "pool_before": pool.previous,
        "withdrawn": sorted(pool.withdrawn),
        "hospitals": hospitals,
        "late": [one["hospital"] for one in hospitals if one["late_days"]],
    }


def lines_of_pool(told: dict[str, Any]) -> list[str]:
    """The same in words."""
    lines = [f"generation {told['generation']}, data to {told['as_of'] or 'no day'}"]
    lines.append(f"pool {told['pool']} of {len(told['hospitals'])} hospitals")
    for one in told["hospitals"]:
        late = f", {one['late_days']} days late, {one['procedures_left_out']} procedures left out"
        shipped = f"{one['procedures']:,} procedures" if one["what"] == "records" else "counts only"
        lines.append(
            f"  {one['hospital']:<16} {one['title']}: shipment {one['sequence']}, {shipped},"
            f" data to {one['as_of'] or 'no day'}{late if one['late_days'] else ''}"
        )
    lines += [f"  {site} is withdrawn" for site in told["withdrawn"]]
    return lines
