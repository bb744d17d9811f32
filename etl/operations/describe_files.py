"""Commands that describe what files may look like: the schema of a source's TOML, and the template workbook."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from data.errors import UsageProblem
from etl.sources import source_schema

app = typer.Typer()


@app.command("schema")
def schema_command(
    what: Annotated[Literal["source"], typer.Argument(help="source: the TOML of a sending system.")],
) -> None:
    """Print a JSON Schema, for editors that check and complete while one writes."""
    del what
    print(json.dumps(source_schema(), indent=1, ensure_ascii=False))


@app.command("templates")
def templates_command(
    out: Annotated[Path, typer.Option("--out", help="The workbook to write, such as records.xlsx.")],
) -> None:
    """Write an empty workbook in the canonical form: a sheet for each kind of record, with lists to choose from."""
    if out.exists():
        raise UsageProblem(str(out), "the file exists", "Name another one; nothing was written")
    from etl.operations.template_workbook import write_template  # noqa: PLC0415 - xlsxwriter, which no load should wait for

    write_template(out)
    print(f"{out}: fill it in, remove the sheets of what you do not record, and load it")
