"""What people copy from: headers, the workbook, and the guide to the columns, all made of the field dictionary.

`python -m etl.operations.column_guide` (or `make columns`) writes them anew in `data/sample`.
"""

from collections.abc import Iterator
from pathlib import Path

from data.field_dictionary import VERSIONS, Field, Table, field_of, read_fields
from data.home import SAMPLE
from etl.operations.template_workbook import write_template
from etl.sources.canonical import CANONICAL_KINDS, Kind, closed_list
from queries.catalogue.filters import HOSPITAL, KEYS, ORDERED_VALUES

GUIDE = SAMPLE / "COLUMNS.md"
HEAD = """# The columns of each file

Written by `make columns` from `data/fields`. [How the files are read](README.md) says how dates, times and numbers
are written. An empty cell = not recorded.
"""
FORMS = {"date": "date", "time": "time", "text": "text"}


def guide_lines() -> Iterator[str]:
    """The guide, line by line."""
    yield HEAD
    for kind in CANONICAL_KINDS:
        table = read_fields()[kind.name]
        yield f"## `{kind.name}.csv`: {table.grain}\n"
        if table.note:
            yield f"{table.note}\n"
        yield "| column | meaning | values |"
        yield "|---|---|---|"
        for field in _fields_of_file(kind, table):
            meaning = field.meaning.replace("null", "an empty cell")
            yield f"| `{field.name}` | {meaning} | {_values_words(kind, field)} |"
        yield ""
    yield "## What procedures are filtered and grouped by\n"
    yield "| key | values |"
    yield "|---|---|"
    for key in KEYS:
        if key == HOSPITAL:
            continue
        yield f"| `{key}` | {', '.join(ORDERED_VALUES.get(key, ('as sent',)))} |"
    yield ""


def _fields_of_file(kind: Kind, table: Table) -> Iterator[Field]:
    for name in kind.all_columns:
        field = field_of(table.name, name) or field_of(VERSIONS, name)
        if field is not None:
            yield field


def _values_words(kind: Kind, field: Field) -> str:
    """What may stand in a cell, and whether the column must be there."""
    told = field.hint or ", ".join(closed_list(kind.name, field.name))
    if not told and field.least is not None:
        told = f"{field.least} to {field.most}" if field.most is not None else f"a number from {field.least}"
    parts = [told or FORMS.get(field.type, ""), field.unit if field.type == "number" and not field.hint else ""]
    left_out = "the column may be left out" if field.optional else ""
    return "; ".join(part for part in (" ".join(part for part in parts if part), left_out) if part)


def write_guide(folder: Path = SAMPLE) -> None:
    """Write guide, headers and workbook into a folder like `data/sample`."""
    (folder / GUIDE.name).write_text("\n".join(guide_lines()), encoding="utf-8")
    templates = folder / "templates"
    templates.mkdir(exist_ok=True)
    for kind in CANONICAL_KINDS:
        (templates / f"{kind.name}.csv").write_text(",".join(kind.all_columns) + "\n", encoding="utf-8")
    write_template(templates / "records.xlsx")


if __name__ == "__main__":
    write_guide()
