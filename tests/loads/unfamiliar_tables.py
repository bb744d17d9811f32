"""How much of a proposal is right: live keys of its TOML against what a person who knows the tables says."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.propose.proposal import propose_source

FOLDER = Path(__file__).parent / "unfamiliar"
RIGHT = tomllib.loads((FOLDER / "RIGHT.toml").read_text(encoding="utf-8"))
KINDS = ("procedures", "pain_scores", "complications", "contacts", "people", "stays")


@dataclass
class Marks:
    """Fields that are right, those that are missing or wrong, and those that are wrong without a word."""

    right: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return len(self.right) + len(self.open)


@dataclass(frozen=True)
class Live:
    """A live key of a proposal: its kind of record, its name, the columns it is made of, and whether it is in doubt."""

    kind: str
    name: str
    columns: frozenset[str]
    is_in_doubt: bool
    value: Any


def mark(name: str, right: dict[str, Any] | None = None) -> Marks:
    """The marks of one table."""
    right = right or RIGHT[name]
    text = propose_source((FOLDER / right["file"]).read_bytes(), right["file"])
    live = list(live_keys(text))
    marks = Marks()
    expected = {
        (kind, field_name): frozenset(columns)
        for kind in (*KINDS, "blocks")
        for field_name, columns in right.get(kind, {}).items()
    }
    _mark_formats(right.get("formats", {}), text, marks)
    _mark_scores(right.get("scores", {}), live, marks)
    for (kind, field_name), columns in expected.items():
        found = [one for one in live if (one.kind, one.name) == (kind, field_name)]
        is_right = any(one.columns == columns or (not columns and not one.columns) for one in found)
        (marks.right if is_right else marks.open).append(f"{kind}.{field_name}")
    either = {(field, columns[0]) for field, columns in right.get("or", {}).items()}
    if either:
        is_right = any((one.name, column) in either for one in live for column in one.columns)
        (marks.right if is_right else marks.open).append("/".join(sorted(field for field, _ in either)))
    for one in live:
        is_right = (
            one.columns == expected.get((one.kind, one.name))
            or any((one.name, column) in either and one.columns == {column} for column in one.columns)
            or not one.columns
        )
        if not is_right and not one.is_in_doubt and not _of_scores(one, right, expected):
            marks.silent.append(f"{one.kind}.{one.name} = {sorted(one.columns)}")
    return marks


def _mark_formats(formats: dict[str, str], text: str, marks: Marks) -> None:
    proposed = tomllib.loads(text).get("formats", {})
    lines = text.splitlines()
    for key, form in formats.items():
        found = proposed.get(key)
        if found == form or (isinstance(found, list) and form in found):
            marks.right.append(f"formats.{key}")
            continue
        marks.open.append(f"formats.{key} = {found}")
        place = next((at for at, line in enumerate(lines) if line.startswith(f"{key} =")), None)
        if found and place is not None and "# decide:" not in lines[place - 1]:
            marks.silent.append(f"formats.{key} = {found}")


def _mark_scores(scores: dict[str, str], live: list[Live], marks: Marks) -> None:
    """Scores side by side: each heading is a score, and says the right timepoint or context."""
    for heading, meaning in scores.items():
        mine = [one for one in live if one.name == "score" and one.columns == {heading}]
        said = [one for one in mine if meaning in str(one.value)]
        (marks.right if mine else marks.open).append(f"score {heading}")
        (marks.right if said else marks.open).append(f"meaning of {heading}")
        if mine and not said and any("timepoint" in str(one.value) and not one.is_in_doubt for one in mine):
            marks.silent.append(f"meaning of {heading}: {mine[0].value}")


def _of_scores(one: Live, right: dict[str, Any], expected: dict[tuple[str, str], frozenset[str]]) -> bool:
    """Whether a key belongs to the record of a score beside a procedure, and says what the procedure's does."""
    if one.name in ("score_id", "complication_id") and isinstance(one.value[0], dict) and "parts" in one.value[0]:
        return True
    if one.name == "score" and one.columns <= set(right.get("scores", {})):
        return True
    known = expected.get(("procedures", one.name)) or expected.get(("blocks", one.name))
    return one.kind in ("pain_scores", "complications", "blocks") and one.columns == known


def live_keys(text: str) -> Iterator[Live]:
    """The keys of all records, read as TOML, each with whether the line above it says `# decide:`."""
    lines = text.splitlines()
    doubtful = {
        (at, line.split("=")[0].strip().strip('"'))
        for at, line in enumerate(lines)
        if at and lines[at - 1].lstrip().startswith("# decide:")
    }
    for file in tomllib.loads(text).get("file", []):
        for record in file.get("record", []):
            when = frozenset(column for one in record.get("when", []) for column in _columns(one))
            if when:
                yield Live(record["kind"], "when", when, True, record["when"])
            point = record["columns"].get("timepoint", ""), record["columns"].get("context", "")
            for name, cell in record["columns"].items():
                doubt = any(key == name and _same(lines[at], name, cell) for at, key in doubtful)
                value = (cell, {"timepoint": point}) if name == "score" and point[0] else (cell, point)
                yield Live(record["kind"], name, frozenset(_columns(cell)), doubt, value)
        for block in file.get("scores", []):
            for name, cell in block.items():
                if name in ("patient_id", "procedure_id", "measured_at", "score_id", "updated_at", "mode"):
                    doubt = any(key == name for _, key in doubtful)
                    yield Live("blocks", name, frozenset(_columns(cell)), doubt, cell)
            doubt = any(key == "columns" for _, key in doubtful)
            for heading, said in block.get("columns", {}).items():
                own = doubt or any(key == heading for _, key in doubtful)
                yield Live("blocks", "score", frozenset({heading}), own, said)


def _same(line: str, name: str, cell: Any) -> bool:
    return tomllib.loads(line.strip()).get(name) == cell


def _columns(cell: Any) -> Iterator[str]:
    """The headings that a cell is made of."""
    if isinstance(cell, str):
        yield cell
    elif isinstance(cell, list):
        for one in cell:
            yield from _columns(one)
    elif isinstance(cell, dict):
        if "constant" in cell:
            return
        for key in ("column", "date", "time", "parts", "total", "plus"):
            if key in cell:
                yield from _columns(cell[key])
        yield from cell.get("ticked", {})
