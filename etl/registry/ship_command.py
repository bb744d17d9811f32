"""The command `ship`: what a hospital sends to a registry, and a key to sign it with."""

from pathlib import Path
from typing import Annotated

import typer

from data.errors import UsageProblem
from data.home import department_home
from data.settings import check_all
from data.storage.registry_settings import What
from etl.generations import publish
from etl.registry import agreement as agreements
from queries.warehouse import open_current

app = typer.Typer()


@app.command("ship")
def ship_command(
    to: Annotated[Path | None, typer.Option("--to", help="Folder to write the shipment to.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="What the registry calls this hospital.")] = None,
    what: Annotated[str | None, typer.Option("--what", help="cells (counts, suppressed) or records.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say in counts what would leave; nothing is written.")
    ] = False,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make the signing key, and print the public key for the registry.")
    ] = False,
) -> None:
    """Write what was agreed with a registry, signed, into a folder; how it gets there is yours to choose."""
    # The libraries of keys, which no load should wait for.
    from etl.registry import ship, shipment_preview, signature  # noqa: PLC0415

    check_all()
    home = department_home()
    if new_key:
        path = agreements.signing_key_path(home)
        publish.prepare_home(home)
        print(signature.make_signing_key(path))
        return
    if what not in (None, "cells", "records"):
        raise UsageProblem("--what", "no such kind of shipment", "Choose cells or records")
    kind: What | None = what  # type: ignore[assignment]
    agreement = agreements.read_agreement(home, site, kind)
    if check:
        for line in shipment_preview.preview_lines(home, open_current(home), agreement):
            print(line)
        return
    if to is None:
        raise UsageProblem("--to", "is missing", "Name the folder to write the shipment to, or only look: --check")
    key = signature.read_signing_key(agreements.signing_key_path(home))
    done = ship.ship_generation(home, agreement, key, to)
    anonymous = "" if done.manifest.anonymous else "; these records are pseudonymised, not anonymous"
    print(f"{done.folder}: {done.rows:,} rows in {len(done.manifest.files)} files{anonymous}")
