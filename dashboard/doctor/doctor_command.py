"""`python -m dashboard doctor`: settings in force, and what is wrong. Exit code 1: something is wrong."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from dashboard.access.settings import way_in
from dashboard.doctor.findings import Finding, find_own_settings, find_readable, look_at_everything, program_place
from data.errors import ExitCode, OutcomesError
from data.home import department_home


def doctor_command(as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False) -> None:
    """Look at settings, home, disk, files, chains, loads and backups; change nothing."""
    home = department_home()
    findings = look_at_everything(home)
    try:
        own = find_own_settings(home)
        way: str = way_in()
    except OutcomesError as error:
        own, way = [], "not known"
        findings.append(Finding(True, error.where, error.what, error.remedy))
    findings = list(dict.fromkeys(findings))
    told = {
        "program": program_place(),
        "home": str(home.root),
        "in_service": find_readable(home),
        "way_in": way,
        "settings": [asdict(one) for one in own],
        "findings": [asdict(one) for one in findings],
    }
    if as_json:
        print(json.dumps(told, indent=1))
    else:
        for name in ("program", "home", "in_service", "way_in"):
            print(f"{name.replace('_', ' ')}: {told[name] or 'nothing'}")
        for one in own:
            print(f"set here: {one.file}, {one.key} = {one.value} (shipped: {one.shipped})")
        for finding in findings:
            print(finding.to_line())
        print("nothing is wrong" if not any(one.is_wrong for one in findings) else "look into what is wrong")
    if any(one.is_wrong for one in findings):
        raise typer.Exit(ExitCode.DISAGREEMENT)
