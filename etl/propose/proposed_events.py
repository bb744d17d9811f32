"""Complications in the row of their procedure: a yes or no for cement that leaked, or a text of what happened."""

from collections.abc import Iterator, Sequence

from etl.propose.column_profile import Look
from etl.propose.proposed_columns import Table
from etl.propose.proposed_fields import Choice
from etl.propose.proposed_values import is_yes_no, text

# In seven languages; a person narrows them down.
YES = ("y", "yes*", "j", "ja*", "o", "oui*", "s", "si*", "sí*", "sim*", "x", "1", "true")
NO = (
    "n",
    "no*",
    "nein*",
    "non*",
    "não*",
    "nee*",
    "0",
    "-",
    "false",
    "kein*",
    "aucun*",
    "ningun*",
    "nenhum*",
    "nessun*",
    "geen*",
)


def is_event_column(look: Look) -> bool:
    """Whether a column of a procedure says that cement leaked, or what else happened."""
    if not {"leak", "complication"} & look.meanings or {"date", "time", "number", "severity"} & look.meanings:
        return False
    return not look.filled or is_yes_no(look) or look.is_category


def event_lines(one: Look, choices: Sequence[Choice], table: Table) -> Iterator[str]:
    """A record of kind complications from one column."""
    named = {choice.name: choice.looks[0] for choice in choices if len(choice.looks) == 1}
    number = next((table.column(named[name]) for name in ("procedure_id", "patient_id") if name in named), None)
    answers = is_yes_no(one) or not one.filled
    tested = f"is = [{_listed(YES)}]" if answers else f"empty = false, is_not = [{_listed(NO)}]"
    yield ""
    yield "[[file.record]]"
    yield 'kind = "complications"'
    yield f"# decide: which texts of {one.name} say that it happened?"
    yield f"when = [{{ {table.keys(one)}, {tested} }}]"
    yield "[file.record.columns]"
    day = [table.column(table.day)] if table.day is not None else []
    first = [number] if number else []
    constant = f"{{ constant = {text(one.name)} }}"
    yield "# decide: put together; it must be another number for every event"
    parts = [*first, *([] if "procedure_id" in named else day), constant]
    yield f"complication_id = {{ parts = [{', '.join(parts)}] }}"
    for name in ("procedure_id", "patient_id"):
        if name in named:
            yield "# decide: as in the record of the procedure"
            yield f"{name} = {table.column(named[name])}"
            break
    if day:
        yield "# decide: the day of the procedure, where it is not known"
        yield f"occurred_on = {day[0]}"
    else:
        yield "# missing: no heading looks like occurred_on"
        yield "occurred_on = {}"
    if answers:
        kind = "cement_leak" if "leak" in one.meanings else "other"
        yield "# decide: what happened?"
        yield f'type = {{ constant = "{kind}" }}'
    else:
        yield "# decide: write or look through [codes.type]"
        yield f'type = {{ {table.keys(one)}, codes = "type" }}'


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(map(text, texts))
