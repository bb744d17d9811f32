"""SQL that counts procedures in cells: those that are alike in all that a figure asks of them are one row."""

from collections.abc import Sequence
from typing import Any

from queries.catalogue.filters import KEYS, NOT_RECORDED
from queries.catalogue.metrics import Definition, Metric, read_catalogue
from queries.figures.answers import Summary, name_parts, write_parts

# What cells can be split by besides keys.
MONTH, DAY = "month", "day"
COUNTED = "procedures"
GROUPS = {
    MONTH: "cast(date_trunc('month', outcomes.performed_on) as date)",
    DAY: "outcomes.performed_on",
    **{key: f"coalesce(cast(outcomes.{key} as varchar), '{NOT_RECORDED}')" for key in KEYS},
}
ANSWERED = {
    "answer": "coalesce({0}.answer, 0)",
    "exclusion": "coalesce({0}.exclusion, 0)",
    "value": "coalesce({0}.value, 0e0)",
}


def compose_cells(
    definition: Definition, splits: Sequence[tuple[str, ...]], summary: Summary = "answers"
) -> tuple[str, dict[str, Any]]:
    """SQL of the cells of a definition by each of these splits (names of `GROUPS`), and its parameters.

    In rows of a split, the names of the others are null. Besides, rows have `procedures`, how many are alike in it;
    of answers `answer`, `value` and `exclusion`, and where the figure needs them: the same of `paired` and
    `followed`, what senders link (`linked_*`), and `category`, how the time ended; of categories only `category`, with
    a procedure in as many rows as it has categories.
    """
    told = {name: GROUPS[name] for name in dict.fromkeys(name for split in splits for name in split)}
    keys, joined, parameters = list(told), [], dict(definition.parameters)
    parts: dict[str, str] = {}
    for name, (one, its_summary, join) in _joined_parts(definition, summary).items():
        on = f"outcomes.procedure_id = {name}.procedure_id"
        # One `with` for all: Sail takes names of one subquery for those of another.
        parts |= name_parts(one, its_summary, ending=f"_{name}")
        joined.append(f"{join} join summary_{name} as {name} on {on}")
        parameters |= one.parameters
        if its_summary == "categories":
            told["category"] = f"cast({name}.category as varchar)"
        else:
            before = "" if name == "answers" else f"{name}_"
            told |= {f"{before}{column}": text.format(name) for column, text in ANSWERED.items()}
    if summary == "answers":
        told |= {f"linked_{kind}": f"outcomes.linked_{kind}" for kind in definition.linked}
    alike = [name for name in told if name not in keys]
    sets = ", ".join(f"({', '.join([*split, *alike])})" for split in splits)
    columns = ", ".join(f"{text} as {name}" for name, text in told.items())
    rows = f"select {columns} from outcomes {' '.join(joined)}"
    counted = f"select {', '.join(told)}, count(*) as {COUNTED} from ({rows}) as told group by grouping sets ({sets})"
    return f"{write_parts(parts)} {counted}", parameters


def _joined_parts(definition: Definition, summary: Summary) -> dict[str, tuple[Definition, Summary, str]]:
    """What is joined to `outcomes`: name, whose summary, and how."""
    if summary == "categories":
        return {"named": (definition, summary, "inner")}
    parts: dict[str, tuple[Definition, Summary, str]] = {"answers": (definition, "answers", "left")}
    if definition.needs_pair:
        parts["paired"] = (read_catalogue()[f"paired_{definition.timepoint}"], "answers", "left")
    if definition.followed_by:
        parts["followed"] = (read_catalogue()[definition.followed_by], "answers", "left")
    if isinstance(definition, Metric) and definition.kind == "incidence":
        parts["ended"] = (definition, "categories", "left")
    return parts
