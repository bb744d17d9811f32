"""A source TOML proposed for an unknown file, with the evidence beside each line and every open decision left open.

What a column holds comes before what it is called. What nobody has decided says `# decide:` on the line above, or is
written so that the TOML does not validate: a person decides, and `check` shows the effect.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data.errors import FileRefused
from etl.parse.levels import read_levels
from etl.propose.column_profile import Look, profile_column
from etl.propose.heading_meanings import field_words, heading_words, language_of
from etl.propose.proposed_columns import Table, column_lines, end_by_duration
from etl.propose.proposed_events import event_lines, is_event_column
from etl.propose.proposed_fields import CODED, Choice, choose_fields, explained, is_score_column
from etl.propose.proposed_habits import Habit, find_habits, habit_lines
from etl.propose.proposed_items import Items, find_items
from etl.propose.proposed_scores import block_lines, number_lines, score_beside
from etl.propose.proposed_values import code_lines, has_common_texts, text
from etl.propose.table_starts import guess_tables, refuse_crosstab
from etl.readers import Extract, Wanted
from etl.readers.delimited.encoding import to_utf8
from etl.readers.fhir import fhir_resources
from etl.sources.canonical import NUMBER_COLUMNS, closed_list
from etl.sources.language.model import NEEDED

TABLES = ("procedures", "pain_scores", "people", "stays", "complications", "contacts")
# What only a list of procedures has.
OF_PROCEDURES = frozenset({"levels", "started_at", "ended_at", "cement_ml", "recovery_ready_at", "sedation"})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is proposed for one table: the kind of its records, the columns chosen, and what stands beside them."""

    extract: Extract
    looks: tuple[Look, ...]
    kind: str
    choices: tuple[Choice, ...]
    items: Items | None = None
    scores: tuple[Look, ...] = ()
    events: tuple[Look, ...] = ()

    @property
    def is_questionnaire(self) -> bool:
        """Whether several scores stand in a row of their own."""
        return self.kind == "pain_scores" and bool(self.scores)

    @property
    def moments(self) -> list[Look]:
        """The columns that are proposed as dates or times."""
        dated = [choice for choice in self.choices if choice.name.endswith(("_on", "_at"))]
        return [one for choice in dated for one in (*choice.looks, *([choice.time] if choice.time else []))]

    @property
    def chosen(self) -> list[Look]:
        """The columns of all choices."""
        return [one for choice in self.choices for one in (*choice.looks, *([choice.time] if choice.time else []))]


def propose_source(content: bytes, name: str, show_rare: bool = False) -> str:
    """The text of a source TOML for a file. `FileRefused` when it is no table at all, or one that needs no proposal.

    `show_rare`: also texts that occur so rarely that they may tell of a single person.
    """
    _refuse_known_kinds(content, name)
    plans = [_plan(extract, name) for extract in _distinct_shapes(guess_tables(content, name))]
    habits = find_habits([one for plan in plans for one in plan.moments], language_of(_headings(plans)))
    lines = [
        f"title = {text(Path(name).stem)}",
        'time_zone = ""  # decide: zone of its local times, such as Europe/Berlin',
        "sends = []  # decide: recovery, deaths, readmissions, complications, leaks, intended_stay",
        "",
        *habit_lines(habits, [one for plan in plans for one in _numbers(plan)]),
        *_code_tables(plans, show_rare),
    ]
    for plan in plans:
        lines += _file_lines(plan, habits, name, content, show_rare)
    return "\n".join(lines) + "\n"


def _headings(plans: Sequence[Plan]) -> list[str]:
    return [one.name for plan in plans for one in plan.looks]


def _refuse_known_kinds(content: bytes, name: str) -> None:
    """Files that have readers of their own are not proposed from their headings."""
    if fhir_resources.share_found(content, fhir_resources.Options(kind="fhir"), Wanted()):
        raise FileRefused(
            name,
            "FHIR resources, not a table",
            "Load it with --source fhir_bulk, or copy that TOML and change its codes",
        )
    if re.match(rb"[^\n]*redcap_(event_name|repeat_instrument)", content):
        raise FileRefused(
            name,
            "a REDCap export",
            "Copy etl/sources/redcap.toml, put in your fields, and name the data dictionary too",
        )


def _distinct_shapes(tables: list[Extract]) -> list[Extract]:
    """One table of each shape: sheets with the same header are described once, by the longest."""
    longest: dict[tuple[tuple[str, ...], ...], Extract] = {}
    for extract in tables:
        known = longest.get((extract.groups, extract.header))
        if known is None or extract.rows.num_rows > known.rows.num_rows:
            longest[extract.groups, extract.header] = extract
    return list(longest.values())


def _profile_columns(extract: Extract) -> list[Look]:
    groups = extract.groups or ("",) * len(extract.header)
    lines = extract.rows.column("source_line").to_pylist()
    return [
        replace(
            profile_column(heading, extract.rows.column(str(place)).to_pylist(), extract.sheet is not None, lines),
            group=groups[place].strip(),
        )
        for place, heading in enumerate(extract.header)
        if heading.strip()
    ]


def _plan(extract: Extract, name: str) -> Plan:
    looks = tuple(_profile_columns(extract))
    refuse_crosstab(extract, looks, name)
    items = find_items(looks)
    if items:
        others = [one for one in looks if one not in (items.item, items.value)]
        found = [one for one in choose_fields("pain_scores", others) if one.name not in ("score", "context")]
        score = Choice(name="score", looks=(items.value,))
        return Plan(extract=extract, looks=looks, kind="pain_scores", choices=(*found, score), items=items)
    scores = tuple(one for one in looks if is_score_column(one))
    kind, choices = _choose_kind(looks, scores)
    taken = {id(one) for choice in choices for one in choice.looks if choice.name != "score"}
    scores = tuple(one for one in scores if id(one) not in taken)
    if kind == "pain_scores" and len(scores) > 1:
        kept = tuple(one for one in choices if one.name not in ("score", "context", "timepoint"))
        return Plan(extract=extract, looks=looks, kind=kind, choices=kept, scores=scores)
    if kind != "procedures":
        return Plan(extract=extract, looks=looks, kind=kind, choices=choices)
    events = tuple(one for one in looks if id(one) not in taken and is_event_column(one))
    return Plan(extract=extract, looks=looks, kind=kind, choices=choices, scores=scores, events=events)


def _choose_kind(looks: Sequence[Look], scores: Sequence[Look]) -> tuple[str, tuple[Choice, ...]]:
    """The kind of record that explains the most columns, and what each of its columns may be."""
    others = [one for one in looks if one not in scores]
    procedures = tuple(choose_fields("procedures", others))
    names = {one.name for one in procedures if one.name != "performed_on" or not (one.doubt or len(scores) == 1)}
    if (OF_PROCEDURES | {"performed_on"}) & names or sum(bool(_vertebra_named(one)) for one in looks) > 1:
        return "procedures", procedures
    if len(scores) > 1:
        return "pain_scores", tuple(choose_fields("pain_scores", looks))
    best = max(TABLES, key=lambda kind: explained(kind, looks))
    return best, procedures if best == "procedures" else tuple(choose_fields(best, looks))


def _numbers(plan: Plan) -> list[Look]:
    return [*(one.looks[0] for one in plan.choices if one.name in NUMBER_COLUMNS), *plan.scores]


def _code_tables(plans: Sequence[Plan], show_rare: bool) -> Iterator[str]:
    """A draft of each code table, once for all tables that use it."""
    drafted: dict[str, str] = {}
    for plan in plans:
        columns = [(one.name, one.looks[0]) for one in plan.choices if one.name in CODED and len(one.looks) == 1]
        columns += [("type", one) for one in plan.events if one.share_of(lambda written: len(written) > 5)]
        columns += [("context", plan.items.item)] if plan.items else []
        for name, one in columns:
            if (name == "sex" and one.is_known_sex) or not has_common_texts(one, show_rare):
                continue
            if name in drafted:
                yield f"# decide: {one.name} has texts for [codes.{name}] too; a table of its own may be clearer"
                continue
            drafted[name] = one.name
            yield f"[codes.{name}]  # of {one.name}"
            yield from code_lines(one, name, closed_list(plan.kind, name), show_rare)
            yield ""


def _file_lines(plan: Plan, habits: dict[str, Habit], name: str, content: bytes, show_rare: bool) -> Iterator[str]:
    table = Table(looks=plan.looks, habits=habits, day=_day(plan), show_rare=show_rare)
    yield from _head(plan, name, content)
    if plan.is_questionnaire:
        yield from block_lines(plan.scores, plan.choices, table)
    else:
        yield from _record(plan, table)
    used = {one.name for one in (*plan.chosen, *plan.scores, *plan.events)}
    used |= {plan.items.item.name} if plan.items else {one.name for one in _ticks(plan)}
    left = [one.name for one in plan.looks if one.name not in used]
    if left:
        yield f"# not mapped: {', '.join(left)}"
    yield ""


def _day(plan: Plan) -> Look | None:
    """The column that says on which day a procedure was: its own, or the one with the start where that has a date."""
    columns = {one.name: one.looks[0] for one in plan.choices if len(one.looks) == 1}
    found = columns.get("performed_on") or columns.get("started_at")
    return found if found is not None and found.moment != "times" else None


def _head(plan: Plan, name: str, content: bytes) -> Iterator[str]:
    extract = plan.extract
    yield "[[file]]"
    yield f"name = {text(extract.sheet or Path(name).stem)}"
    if extract.sheet:
        yield 'reader = { kind = "excel" }'
    else:
        encoding = to_utf8(content, name)[1]
        yield f'reader = {{ kind = "csv", delimiter = {text(extract.delimiter)} }}  # read as {encoding}'
    yield f"# {extract.rows.num_rows} rows below line {extract.header_line}"
    if extract.groups:
        named = ", ".join(dict.fromkeys(one.group for one in plan.looks if one.group))
        yield f"header_rows = 2  # above the headings: {named}"
    yield '# decide: is there a totals row? aside = [{ rule = "totals_row", when = [{ column = "…", is = "Total*" }] }]'
    yield ""


def _record(plan: Plan, table: Table) -> Iterator[str]:
    yield "[[file.record]]"
    yield f'kind = "{plan.kind}"'
    if plan.items:
        yield from plan.items.when_lines(table)
    yield "[file.record.columns]"
    names = {choice.name for choice in plan.choices}
    if plan.kind == "pain_scores" and "score_id" not in names:
        built = list(number_lines(plan.choices, plan.items.item if plan.items else None, table))
        yield from built
        names |= {"score_id"} if built else set()
    for choice in plan.choices:
        yield from column_lines(choice, table)
    if plan.kind == "procedures":
        yield from end_by_duration(plan.choices, table)
    if plan.items:
        yield from plan.items.context_lines(table)
    if ticks := _ticks(plan):
        meanings = ", ".join(f"{text(one.heading.strip())} = {text(_vertebra_named(one))}" for one in ticks)
        yield "# decide: which texts count as a tick? marks"
        yield f'levels = {{ ticked = {{ {meanings} }}, marks = "" }}  # {len(ticks)} columns named after vertebrae'
    yield from _missing_lines(plan, names)
    for one in plan.scores if plan.kind == "procedures" else ():
        yield from score_beside(one, plan.choices, table)
    for one in plan.events:
        yield from event_lines(one, plan.choices, table)
    if plan.items:
        yield from plan.items.rest_lines()


def _ticks(plan: Plan) -> list[Look]:
    """Columns that are named after vertebrae, where no column holds levels."""
    if plan.kind != "procedures" or any(choice.name == "levels" for choice in plan.choices):
        return []
    ticks = [one for one in plan.looks if _vertebra_named(one)]
    return ticks if len(ticks) > 1 else []


def _vertebra_named(one: Look) -> str:
    """The vertebra that a heading names; empty when it is none."""
    found = read_levels(one.heading).vertebrae or ()
    return found[0] if len(found) == 1 else ""


def _missing_lines(plan: Plan, found: set[str]) -> Iterator[str]:
    """Every column without which a record of this kind is none, and that nothing looks like."""
    for names in NEEDED[plan.kind]:
        if found & set(names):
            continue
        words = " or ".join(names)
        called = [one.name for one in plan.looks if any(_is_called(plan.kind, name, one) for name in names)]
        but = f" ({', '.join(called)}: called so, but what it holds does not agree)" if called else ""
        yield f'# missing: no heading looks like {words}{but}. Name a column, or build it: {{ parts = ["…", "…"] }}'
        yield f"{names[0]} = {{}}"


def _is_called(kind: str, name: str, one: Look) -> bool:
    words = field_words(kind).get(name)
    return words is not None and words.fit(heading_words(one.heading))[1]
