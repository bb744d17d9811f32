"""REDCap: a raw export with its data dictionary, decoded to what the codes mean.

One export mixes grains: a repeating instrument fills only its own columns. A virtual column `forms` names the forms
that a row belongs to, so that a mapping takes each row for what it is. Boxes of a checkbox field become one column with
their labels; choices become their labels; missing-data codes become empty, in score fields `missing: CODE`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pyarrow as pa

from data.errors import FileRefused
from etl.readers import Extract, ReaderOptions, Reasons, Wanted, plain_heading
from etl.readers.delimited import csv
from etl.readers.redcap.data_dictionary import Dictionary, Field, is_dictionary, read_dictionary

FORMS = "forms"
EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
BUILT_IN = (EVENT, INSTRUMENT, INSTANCE, "redcap_data_access_group", "redcap_survey_identifier")
NOT_COMPLETED = "[not completed]"
BETWEEN = ";"
TICKED = "1"
# How much of the header, and of the coded cells, must look raw for a file to be a raw export.
ENOUGH = 0.5


class Link(ReaderOptions):
    """A column `name`: what `value` is in the row of `form` with the same record and the instance in `instance`."""

    name: str
    instance: str
    form: str
    value: str


class Options(ReaderOptions):
    """A raw REDCap export. `missing`: the missing-data codes of the project; `scores`: fields that hold pain scores."""

    kind: Literal["redcap"]
    missing: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


def is_companion(content: bytes) -> bool:
    """Whether this is a data dictionary: the meaning of the codes stands in a file of its own."""
    return is_dictionary(content)


def share_found(content: bytes, options: Options, wanted: Wanted) -> float:
    """How much of what is wanted stands in the header, 0 to 1; boxes count for their field."""
    if content.startswith(b"PK\x03\x04"):
        return 0.0
    header = csv.read_header(content, "", ",")
    names = {plain_heading(name).partition("___")[0] for name in header}
    return wanted.share({*names, FORMS, *BUILT_IN, *(link.name for link in options.links)}) if header else 0.0


def read_export(
    content: bytes, where: str, options: Options, wanted: Wanted, companion: bytes | None = None
) -> list[Extract]:
    """The decoded rows. `FileRefused` without a dictionary, or when the export holds labels instead of codes."""
    del wanted
    if companion is None:
        raise FileRefused(
            where,
            "a REDCap export says what its codes mean only in its data dictionary",
            "Name the data dictionary (CSV) beside it on the command line",
        )
    raw = csv.read_table(content, where)
    dictionary = read_dictionary(companion, "data dictionary")
    header = tuple(name.strip() for name in raw.header)
    _refuse_labels_in_header(header, dictionary, where)
    cells = {name: raw.rows.column(str(place)).to_pylist() for place, name in enumerate(header) if name}
    columns = _decode_columns(cells, dictionary, options, where)
    columns[FORMS] = _forms_of_rows(cells, dictionary, options)
    for name in BUILT_IN:
        columns.setdefault(name, [None] * raw.rows.num_rows)
    for link in options.links:
        columns[link.name] = _linked_values(columns, dictionary.record_name, link)
    rows = pa.table({str(place): pa.array(column, pa.string()) for place, column in enumerate(columns.values())})
    for name in ("source_row", "source_line", "has_other_width"):
        rows = rows.append_column(name, raw.rows.column(name))
    return [replace(raw, header=tuple(columns), rows=rows, has_edge_blanks=True)]


def give_back(content: bytes, where: str, options: Options, wanted: Wanted, reasons: Reasons) -> bytes:
    """The rows of the raw export that are to be corrected, with `why`."""
    del options
    return csv.give_back(content, where, csv.Options(kind="csv", delimiter=","), wanted, reasons)


def _refuse_labels_in_header(header: Sequence[str], dictionary: Dictionary, where: str) -> None:
    header = [name for name in header if name]
    known = [
        name for name in header if name in dictionary.fields or dictionary.box(name) or _is_built_in(name, dictionary)
    ]
    if len(known) < ENOUGH * len(header) or dictionary.record_name not in header:
        raise FileRefused(
            f"{where}, line 1",
            f"{len(header) - len(known)} of {len(header)} columns are not in the data dictionary",
            "Export the raw data (codes and variable names, not labels) and load it with the dictionary of its project",
        )
    twice = [name for name, count in Counter(header).items() if count > 1 and name]
    if twice:
        raise FileRefused(
            f"{where}, line 1, column {twice[0]}", "the column appears twice", "Export the raw data again"
        )


def _is_built_in(name: str, dictionary: Dictionary) -> bool:
    return name in BUILT_IN or any(name in (f"{form}_complete", f"{form}_timestamp") for form in dictionary.forms)


def _decode_columns(
    cells: Mapping[str, list[str | None]], dictionary: Dictionary, options: Options, where: str
) -> dict[str, list[str | None]]:
    """Column name → meanings: boxes gathered under their field, codes as labels, missing-data codes taken out."""
    columns: dict[str, list[str | None]] = {}
    boxes: dict[str, list[tuple[str, list[str | None]]]] = {}
    for name, values in cells.items():
        box = dictionary.box(name)
        if box is not None:
            gathered = boxes.setdefault(box[0].name, [])
            if box[1] is not None:
                gathered.append((box[1], values))
            columns.setdefault(box[0].name, [])
        else:
            field = dictionary.fields.get(name)
            columns[name] = _code_meanings(values, field, options, where)
    for name, gathered in boxes.items():
        _refuse_ticks_as_labels(name, gathered, where)
        count = len(gathered[0][1]) if gathered else 0
        columns[name] = [
            BETWEEN.join(label for label, values in gathered if values[row] == TICKED) or None for row in range(count)
        ]
    return columns


def _code_meanings(values: list[str | None], field: Field | None, options: Options, where: str) -> list[str | None]:
    distinct = {value for value in values if value}
    if field is not None and field.choices:
        _refuse_labels(distinct, field, options, where)
    meaning = {value: _code_meaning(value, field, options) for value in distinct}
    return [meaning[value] if value else None for value in values]


def _code_meaning(written: str, field: Field | None, options: Options) -> str | None:
    value = written.strip()
    is_score = field is not None and field.name in options.scores
    if value in options.missing:
        return f"missing: {value}" if is_score else None
    if value.lower() == NOT_COMPLETED:
        return None
    if field is None:
        return value
    if field.choices:
        return field.choices.get(value, value)
    if field.has_decimal_comma:
        value = value.replace(",", ".")
    return f"{value}/100" if is_score and field.top == "100" and value.replace(".", "", 1).isdecimal() else value


def _refuse_labels(distinct: Iterable[str], field: Field, options: Options, where: str) -> None:
    coded = [value for value in distinct if value not in options.missing]
    labels = {plain_heading(label) for label in field.choices.values()}
    as_labels = [value for value in coded if value not in field.choices and plain_heading(value) in labels]
    if as_labels and len(as_labels) > ENOUGH * len(coded):
        _refuse_export_of_labels(field.name, where)


def _refuse_ticks_as_labels(name: str, gathered: Iterable[tuple[str, list[str | None]]], where: str) -> None:
    if any({plain_heading(value) for value in values if value} & {"checked", "unchecked"} for _, values in gathered):
        _refuse_export_of_labels(name, where)


def _refuse_export_of_labels(name: str, where: str) -> None:
    raise FileRefused(
        f"{where}, column {name}",
        "labels instead of codes",
        "Export the raw data: codes and variable names, not labels",
    )


def _forms_of_rows(cells: Mapping[str, list[str | None]], dictionary: Dictionary, options: Options) -> list[str | None]:
    """The forms a row belongs to: its repeating instrument, else every form in which something is filled in."""
    by_form: dict[str, list[tuple[list[str | None], bool]]] = {}
    for name, values in cells.items():
        box = dictionary.box(name)
        field = box[0] if box else dictionary.fields.get(name)
        if field is not None and name != dictionary.record_name:
            by_form.setdefault(field.form, []).append((values, box is not None))
    instruments = cells.get(INSTRUMENT) or []
    count = len(next(iter(cells.values())))
    found: list[str | None] = []
    for row in range(count):
        if row < len(instruments) and instruments[row]:
            found.append(_form_name(instruments[row] or ""))
            continue
        filled = [form for form, columns in by_form.items() if any(_is_filled(*one, row) for one in columns)]
        completed = [
            form
            for form in dictionary.forms
            if _cell_at(cells, f"{form}_complete", row) in ("1", "2") and form not in filled
        ]
        found.append(BETWEEN.join((*filled, *completed)) or None)
    del options
    return found


def _form_name(instrument: str) -> str:
    return plain_heading(instrument).replace(" ", "_")


def _is_filled(values: list[str | None], is_box: bool, row: int) -> bool:
    return values[row] == TICKED if is_box else bool(values[row])


def _cell_at(cells: Mapping[str, list[str | None]], name: str, row: int) -> str | None:
    return cells[name][row] if name in cells else None


def _linked_values(columns: Mapping[str, list[str | None]], record_name: str, link: Link) -> list[str | None]:
    records, forms, instances = columns[record_name], columns[FORMS], columns[INSTANCE]
    named = columns.get(link.value) or [None] * len(records)
    events = columns[EVENT]
    # Each event counts the instances of a form anew.
    known: dict[tuple[str | None, str], dict[str | None, str]] = {}
    for record, form, instance, event, value in zip(records, forms, instances, events, named, strict=True):
        if value and form and link.form in form.split(BETWEEN):
            known.setdefault((record, instance or "1"), {})[event] = value
    asked = columns.get(link.instance) or [None] * len(records)
    found: list[str | None] = []
    for record, instance, event in zip(records, asked, events, strict=True):
        by_event = known.get((record, (instance or "").removesuffix(".0")), {})
        only = next(iter(by_event.values())) if len(set(by_event.values())) == 1 else None
        # An instance that is not there, or in several other events, stays visible as a number that no record has.
        found.append((by_event.get(event) or only or f"{link.form} {instance}") if instance else None)
    return found
