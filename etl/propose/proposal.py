"""A source TOML proposed for an unknown file, with the evidence beside each line and every open decision left open.

What nobody has decided is written so that the TOML does not validate: a person decides, and `check` shows the effect.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from data.errors import FileRefused
from etl.parse.levels import read_levels
from etl.propose.column_profile import ENOUGH, Look, profile_column
from etl.propose.proposed_columns import Choice, column_lines, line_words, score_beside, toml_text
from etl.propose.proposed_items import Items, find_items
from etl.propose.table_starts import guess_tables
from etl.readers import Extract, Wanted
from etl.readers.delimited.encoding import to_utf8
from etl.readers.fhir import fhir_resources
from etl.sources.canonical import ALL_KINDS
from etl.sources.model import NEEDED

WORDS = Path(__file__).parent / "heading_words.toml"
# Words of headings that may name anything; a column beside a procedure needs a better one to be a score.
VAGUE = ("value", "wert", "valor", "värde")
Words = dict[str, dict[str, list[str]]]
HABITS = (("dates", "date"), ("times", "time"), ("date_times", "date_time"))


def propose_source(content: bytes, name: str) -> str:
    """The text of a source TOML for a file. `FileRefused` when it is no table at all, or one that needs no proposal."""
    _refuse_known_kinds(content, name)
    tables = _distinct_shapes(guess_tables(content, name))
    lines = [
        f'title = "{Path(name).stem}"',
        'time_zone = ""  # decide: zone of its local times, such as Europe/Berlin',
        "sends = []  # decide: recovery, deaths, readmissions, complications, leaks, intended_stay",
        "",
    ]
    lines += _habit_lines([one for extract in tables for one in _profile_columns(extract)])
    for extract in tables:
        lines += _file_lines(extract, name, content)
    return "\n".join(lines) + "\n"


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


def _habit_lines(looks: Sequence[Look]) -> Iterator[str]:
    yield "[formats]"
    for which, key in HABITS:
        if key == "time" and not any(one.forms("times") and not one.forms("dates") for one in looks):
            continue
        seen = [(one, forms) for one in looks if (forms := one.forms(which))]
        if not seen:
            continue
        common = set.intersection(*(set(forms) for _, forms in seen))
        forms = sorted(common) or sorted({form for _, forms in seen for form in forms})
        if len(common) == 1:
            yield f"{key} = {toml_text(forms[0])}  # reads {_evidence_words(seen, forms[0], which)}"
            for one, _ in seen:
                if lines := one.unread(forms[0]):
                    yield f"# {one.name}: not a date or time in this form on {line_words(lines)}"
        else:
            yield f"# decide: {' or '.join(forms)}; {_why_open(seen, which)}"
            yield f'{key} = ""'
    yield ""


def _evidence_words(seen: Sequence[tuple[Look, list[str]]], form: str, which: str) -> str:
    return ", ".join(f"{one.name} {getattr(one, which).get(form, 0):.1%} of {one.filled}" for one, _ in seen)


def _why_open(seen: Sequence[tuple[Look, list[str]]], which: str) -> str:
    one, forms = max(seen, key=lambda found: len(found[1]))
    if len(forms) > 1:
        return f"each reads {getattr(one, which)[forms[0]]:.1%} of the {one.filled} cells of {one.name}"
    return "the columns are written in different forms: a list of them, or formats at a column"


def _file_lines(extract: Extract, name: str, content: bytes) -> Iterator[str]:
    looks = _profile_columns(extract)
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    items = find_items(looks, words.pop("items"))
    kind, choices = ("pain_scores", _choices_of_items(items, words, looks)) if items else _choose_kind(looks, words)
    yield "[[file]]"
    yield f"name = {toml_text(extract.sheet or Path(name).stem)}"
    if extract.sheet:
        yield 'reader = { kind = "excel" }'
    else:
        encoding = to_utf8(content, name)[1]
        yield f'reader = {{ kind = "csv", delimiter = {toml_text(extract.delimiter)} }}  # read as {encoding}'
    yield f"# {extract.rows.num_rows} rows below line {extract.header_line}"
    if extract.groups:
        named = ", ".join(dict.fromkeys(one.group for one in looks if one.group))
        yield f"header_rows = 2  # above the headings: {named}"
    yield '# decide: is there a totals row? aside = [{ rule = "totals_row", when = [{ column = "…", is = "Total*" }] }]'
    yield ""
    yield "[[file.record]]"
    yield f'kind = "{kind}"'
    if items:
        yield from items.when_lines(looks)
    yield "[file.record.columns]"
    used = {items.item.name} if items else set()
    if items and not any(choice.name == "score_id" for choice in choices):
        yield items.number_line(choices, looks)
    day = next((one.looks[0] for one in choices if one.name == "performed_on" and len(one.looks) == 1), None)
    for choice in choices:
        yield from column_lines(choice, looks, day)
        used |= {one.name for one in choice.looks}
    ticks = [one for one in looks if one.name not in used and _vertebra_named(one)] if kind == "procedures" else []
    if len(ticks) > 1 and not any(choice.name == "levels" for choice in choices):
        meanings = ", ".join(f"{toml_text(one.heading.strip())} = {toml_text(_vertebra_named(one))}" for one in ticks)
        yield "# decide: which texts count as a tick? marks"
        yield f'levels = {{ ticked = {{ {meanings} }}, marks = "" }}  # {len(ticks)} columns named after vertebrae'
        used |= {one.name for one in ticks}
    yield from _missing_lines(kind, {choice.name for choice in choices} | ({"score_id"} if items else set()))
    beside = [one for one in looks if one.name not in used and _is_score(one, words)] if kind == "procedures" else []
    for one in beside:
        yield from score_beside(one, choices, looks)
        used.add(one.name)
    if items:
        yield from items.rest_lines()
    left = [one.name for one in looks if one.name not in used]
    if left:
        yield f"# not mapped: {', '.join(left)}"
    yield ""


def _vertebra_named(one: Look) -> str:
    """The vertebra that a heading names; empty when it is none."""
    found = read_levels(one.heading).vertebrae or ()
    return found[0] if len(found) == 1 else ""


def _missing_lines(kind: str, found: set[str]) -> Iterator[str]:
    """Every column without which a record of this kind is none, and no heading looks like it."""
    for names in NEEDED[kind]:
        if not found & set(names):
            name = names[0]
            words = " or ".join(names)
            yield f'# missing: no heading looks like {words}. Name a column, or build it: {{ parts = ["…", "…"] }}'
            yield f"{name} = {{}}"


def _is_score(one: Look, words: Words) -> bool:
    clear = [word for word in words["pain_scores"]["score"] if word not in VAGUE]
    return one.fit(clear) > 0 and one.scores + one.numbers > ENOUGH


def _choices_of_items(items: Items, words: Words, looks: Sequence[Look]) -> list[Choice]:
    """What the columns beside item and value are, and the value as the score."""
    others = [one for one in looks if one not in (items.item, items.value)]
    named = {name: patterns for name, patterns in words["pain_scores"].items() if name != "score"}
    return [*_choose_columns("pain_scores", named, others), Choice("score", (items.value,))]


def _choose_kind(looks: Sequence[Look], words: Words) -> tuple[str, list[Choice]]:
    """The kind of record that explains the most columns, and what each of its columns may be."""
    found = {kind: _choose_columns(kind, patterns, looks) for kind, patterns in words.items()}
    return max(found.items(), key=lambda one: _columns_explained(*one))


def _columns_explained(kind: str, choices: Sequence[Choice]) -> float:
    """How many columns a kind explains; what it cannot do without counts double, and more when it is missing."""
    names = {choice.name for choice in choices}
    needed = sum(1 if set(one) & names else -1 for one in NEEDED[kind])
    return len(names) + needed


def _choose_columns(kind: str, words: dict[str, list[str]], looks: Sequence[Look]) -> list[Choice]:
    taken: set[int] = set()
    choices: dict[str, Choice] = {}
    order = sorted(words, key=lambda name: -max((one.fit(words[name]) for one in looks), default=0.0))
    for name in order:
        fits = {place: one.fit(words[name]) for place, one in enumerate(looks) if place not in taken}
        best = max(fits.values(), default=0.0)
        chosen = [place for place, own in fits.items() if best and own == best]
        if chosen:
            choices[name] = Choice(name, tuple(looks[place] for place in chosen))
            taken.update(chosen)
    columns = next(one for one in ALL_KINDS if one.name == kind).text_columns
    return [choices[name] for name in columns if name in choices]
