"""Tables with one item and its value in each row: what a source can say of them, and what it cannot."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from etl.parse.scores import read_score
from etl.propose.column_profile import ENOUGH, Look
from etl.propose.proposed_columns import Choice, cell_name, line_words

# A column of items repeats few texts.
MOST_ITEMS = 200


@dataclass(frozen=True)
class Items:
    """The column that says what a row is about, and the one with what was answered."""

    item: Look
    value: Look

    @property
    def scores(self) -> list[int]:
        """For each text of items most of whose values read as a score from 0 to 10, the first line that has it."""
        lines: dict[str, list[int]] = defaultdict(list)
        for line, written in self.item.typed:
            lines[written].append(line)
        values = dict(self.value.typed)
        found = []
        for own in lines.values():
            filled = [values[line] for line in own if line in values]
            good = sum(read_score(one).problem is None for one in filled)
            if filled and good > ENOUGH * len(filled):
                found.append(own[0])
        return sorted(found)

    def when_lines(self, looks: Sequence[Look]) -> Iterator[str]:
        """The condition that a person writes, with what helps to find its texts: lines, never texts."""
        scores = self.scores
        seen = f": see {line_words(scores)}" if scores else ""
        yield (
            f"# One item in each row: {self.value.name} answers {self.item.name}. Of its {self.item.different}"
            f" different texts {len(scores)} have values that read as scores from 0 to 10{seen}"
        )
        yield f"# decide: which texts of {self.item.name} are pain scores? A record for each context or scale"
        column = cell_name(self.item, looks)
        keys = column.strip("{} ") if column.startswith("{") else f"column = {column}"
        yield f"when = [{{ {keys}, is = [] }}]"

    def number_line(self, choices: Sequence[Choice], looks: Sequence[Look]) -> str:
        """A number for each score, put together where the sender has none."""
        named = {choice.name: choice.looks[0] for choice in choices if len(choice.looks) == 1}
        whose = [named[name] for name in ("procedure_id", "patient_id") if name in named][:1]
        when = [named[name] for name in ("measured_at", "timepoint") if name in named][:1]
        parts = ", ".join(cell_name(one, looks) for one in (*whose, self.item, *when))
        return f"score_id = {{ parts = [{parts}] }}  # put together: it must be another one for every score"

    def rest_lines(self) -> Iterator[str]:
        """What to do with the other items."""
        yield f"# The other texts of {self.item.name}: an event may be a record of its own, with its own when."
        yield "# What describes a procedure (its day, levels, operator) cannot be put together from several rows:"
        yield "# ask the sender for a table with one row for each procedure."


def find_items(looks: Sequence[Look], words: Mapping[str, Sequence[str]]) -> Items | None:
    """The columns of items and values of a table; None where it is another kind of table."""
    items = [one for one in looks if one.fit(words["item"]) and _values_repeat(one)]
    values = [one for one in looks if one.fit(words["value"]) and one not in items]
    if not items or not values:
        return None
    item = max(items, key=lambda one: one.fit(words["item"]))
    return Items(item, max(values, key=lambda one: one.fit(words["value"])))


def _values_repeat(one: Look) -> bool:
    return 1 < one.different <= min(MOST_ITEMS, one.filled // 2)
