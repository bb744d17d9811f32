"""REDCap's data dictionary: forms, kinds of field, choices, validations. Only it says what the codes mean."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from data.errors import FileRefused
from etl.readers.delimited.encoding import to_utf8
from etl.readers.delimited.head import first_text

# Headings of the file as downloaded, and as the programming interface names them.
HEADINGS = {
    "name": ("variable / field name", "field_name"),
    "form": ("form name", "form_name"),
    "kind": ("field type", "field_type"),
    "choices": ("choices, calculations, or slider labels", "select_choices_or_calculations"),
    "validation": ("text validation type or show slider number", "text_validation_type_or_show_slider_number"),
    "least": ("text validation min", "text_validation_min"),
    "most": ("text validation max", "text_validation_max"),
    "identifier": ("identifier?", "identifier"),
}
CHOICE_KINDS = ("radio", "dropdown", "checkbox", "yesno", "truefalse")
BUILT_IN_CHOICES = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
SLIDER_TOP = "100"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a project. `choices`: code → label. `top` is the greatest value allowed, as written."""

    name: str
    form: str
    kind: str
    choices: Mapping[str, str]
    validation: str
    top: str
    is_identifier: bool

    @property
    def has_decimal_comma(self) -> bool:
        """Whether its numbers are exported with a comma."""
        return self.validation.endswith("comma_decimal")


@dataclass(frozen=True)
class Dictionary:
    """The fields of a project by name, in their order."""

    fields: Mapping[str, Field]

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in their order."""
        return tuple(dict.fromkeys(field.form for field in self.fields.values()))

    @property
    def record_name(self) -> str:
        """The field that numbers the records, whatever it is called: REDCap's first."""
        return next(iter(self.fields))

    def box(self, column: str) -> tuple[Field, str | None] | None:
        """The checkbox field that a column `field___code` belongs to, and the label of its code.

        The label is None for a missing-data code; all is None when it is no such column. Codes are exported in lower
        case, a minus or a dot as `_`.
        """
        name, separator, code = column.partition("___")
        field = self.fields.get(name)
        if not separator or field is None or field.kind != "checkbox":
            return None
        return field, next(
            (label for known, label in field.choices.items() if _exported_code(known) == code.lower()), None
        )


def _exported_code(code: str) -> str:
    return re.sub(r"[^a-z0-9_]", "_", code.lower())


def is_dictionary(content: bytes) -> bool:
    """Whether a file begins like a data dictionary."""
    head = first_text(content, None)[:4096].lower()
    try:
        first = next(csv.reader(io.StringIO(head, newline="")), [])
    except csv.Error:
        return False
    return {HEADINGS["name"][0], HEADINGS["form"][0]} <= set(first) or {
        HEADINGS["name"][1],
        HEADINGS["form"][1],
        HEADINGS["kind"][1],
    } <= set(first)


def read_dictionary(content: bytes, where: str) -> Dictionary:
    """The data dictionary; `FileRefused` when it is none or a field stands in it twice."""
    text = to_utf8(content, where)[0].decode("utf-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise FileRefused(
            f"{where}, line {reader.line_num}", f"cannot be read ({error})", "Download it again"
        ) from None
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    places = {
        key: next((header.index(name) for name in names if name in header), None) for key, names in HEADINGS.items()
    }
    missing = [HEADINGS[key][0] for key in ("name", "form", "kind", "choices") if places[key] is None]
    if missing:
        raise FileRefused(where, f"no data dictionary: column {missing[0]} is missing", "Download it from REDCap again")
    fields: dict[str, Field] = {}
    for row in rows[1:]:
        cells = {
            key: row[place].strip() if place is not None and place < len(row) else "" for key, place in places.items()
        }
        if cells["name"] in fields:
            raise FileRefused(where, f"field {cells['name']} stands in it twice", "Download it from REDCap again")
        fields[cells["name"]] = _read_field(cells)
    if not fields:
        raise FileRefused(where, "a data dictionary without fields", "Download it from REDCap again")
    return Dictionary(fields)


def _read_field(cells: Mapping[str, str]) -> Field:
    kind = cells["kind"].lower()
    choices = BUILT_IN_CHOICES.get(kind) or (read_choices(cells["choices"]) if kind in CHOICE_KINDS else {})
    top = cells["most"] or (SLIDER_TOP if kind == "slider" else "")
    return Field(
        name=cells["name"],
        form=re.sub(r"[^a-z0-9]+", "_", cells["form"].lower()).strip("_"),
        kind=kind,
        choices=choices,
        validation=cells["validation"].lower(),
        top=top,
        is_identifier=cells["identifier"].lower() in ("y", "1", "yes"),
    )


def read_choices(written: str) -> dict[str, str]:
    """Code → label of `1, one | 2, two`; tags of labels are dropped."""
    pairs = [part.partition(",") for part in re.split(r"[|\n]", written) if part.strip()]
    return {code.strip(): re.sub(r"<[^>]*>", "", label).strip() for code, _, label in pairs}
