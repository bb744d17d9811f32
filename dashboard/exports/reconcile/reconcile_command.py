"""`python -m dashboard reconcile BUNDLE`: what was recomputed, what agrees, what cannot be."""

from pathlib import Path
from typing import Annotated

import typer

from dashboard.exports.reconcile.audit import SHOWN, audit_bundle
from dashboard.exports.reconcile.bundle_files import read_bundle
from data.errors import ExitCode


def reconcile_command(
    bundle: Annotated[Path, typer.Argument(help="Zip made by `python -m dashboard bundle`.")],
) -> None:
    """Recompute every figure from a bundle's CSVs and compare: exit 1 when anything differs."""
    opened = read_bundle(bundle)
    done = audit_bundle(opened)
    for one in done.metrics:
        verdict = "agrees" if not one.differences else "DIFFERS"
        typer.echo(f"{verdict}  {one.metric}: {one.answers} answers, {one.figures} figures")
        for words in one.differences[:SHOWN]:
            typer.echo(f"         {words}")
        if len(one.differences) > SHOWN:
            typer.echo(f"         and {len(one.differences) - SHOWN} more")
    for words in done.not_recomputed:
        typer.echo(f"not recomputed  {words}")
    for words in done.problems:
        typer.echo(f"PROBLEM  {words}")
    differing = sum(bool(one.differences) for one in done.metrics)
    typer.echo(
        f"{len(done.metrics) - differing} of {len(done.metrics)} metrics agree, {len(done.problems)} problems with"
        f" files and records; generation {opened.manifest['generation']}, profile {opened.manifest['profile']}"
    )
    if not done.agrees:
        raise typer.Exit(ExitCode.DISAGREEMENT)
