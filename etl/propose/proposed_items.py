"""Tables with one item and its value in each row: what a source can say of them, and what it cannot."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from etl.propose.column_profile import ENOUGH, Look, is_score_of_ten
from etl.propose.heading_meanings import heading_words
from etl.propose.proposed_columns import Table
from etl.propose.proposed_values import COMMON, has_common_texts, meaning_of, places, text

# A column of items repeats few texts.
MOST_ITEMS = 200


@dataclass(frozen=True)
class Items:
    """The column that says what a row is about, and the one with what was answered."""

    item: Look
    value: Look

    @cached_property
    def _scored(self) -> Mapping[str, int]:
        """Texts of items most of whose values read as a score from 0 to 10, with the first line that has each."""
        lines: dict[str, list[int]] = defaultdict(list)
        for line, written in self.item.typed:
            lines[written].append(line)
        values = dict(self.value.typed)
        found = {}
        for written, own in lines.items():
            filled = [values[line] for line in own if line in values]
            good = sum(is_score_of_ten(one) for one in filled)
            if filled and good > ENOUGH * len(filled):
                found[written] = own[0]
        return found

    @property
    def scores(self) -> list[int]:
        """For each text of items that is a score by its values, the first line that has it."""
        return sorted(self._scored.values())

    def _pain_texts(self, show_rare: bool) -> list[str]:
        """The texts that speak of pain, and whose values are scores, as far as they may be shown."""
        return [
            written
            for written in self._scored
            if "pain" in heading_words(written).all and (show_rare or self.item.counts[written] >= COMMON)
        ]

    def when_lines(self, table: Table) -> Iterator[str]:
        """The condition that a person writes, with what helps to find its texts: lines, and texts that occur often."""
        scores = self.scores
        seen = f": see {places(scores)}" if scores else ""
        yield (
            f"# One item in each row: {self.value.name} answers {self.item.name}. Of its {self.item.different}"
            f" different texts {len(scores)} have values that read as scores from 0 to 10{seen}"
        )
        yield f"# decide: which texts of {self.item.name} are pain scores? A record for each context or scale"
        shown = ", ".join(map(text, self._pain_texts(table.show_rare)))
        yield f"when = [{{ {table.keys(self.item)}, is = [{shown}] }}]"

    def context_lines(self, table: Table) -> Iterator[str]:
        """The context of a score, where the texts of its item tell contexts apart."""
        pain = [written for written in self._scored if "pain" in heading_words(written).all]
        if has_common_texts(self.item, table.show_rare) and any(meaning_of(written, "context") for written in pain):
            yield f"# decide: which context do the texts of {self.item.name} name? Look through [codes.context]"
            yield f'context = {{ {table.keys(self.item)}, codes = "context" }}'

    def rest_lines(self) -> Iterator[str]:
        """What to do with the other items."""
        yield f"# The other texts of {self.item.name}: an event may be a record of its own, with its own when."
        yield "# What describes a procedure (its day, levels, operator) cannot be put together from several rows:"
        yield "# ask the sender for a table with one row for each procedure."


def find_items(looks: Sequence[Look]) -> Items | None:
    """The columns of items and values of a table; None where it is another kind of table."""
    items = [
        one
        for one in looks
        if "item" in one.meanings and _values_repeat(one) and not _is_other(one) and one.numbers < ENOUGH
    ]
    values = [one for one in looks if "value" in one.meanings and one not in items and not _is_other(one)]
    values = [one for one in values if one.numbers > ENOUGH or one.scores > 0.2]
    if not items or not values:
        return None
    return Items(max(items, key=lambda one: "name" in one.meanings), max(values, key=lambda one: one.numbers))


def _is_other(one: Look) -> bool:
    return bool(one.moment) or bool({"comment", "staff", "patient"} & one.meanings)


def _values_repeat(one: Look) -> bool:
    return 1 < one.different <= min(MOST_ITEMS, 0.8 * one.filled)
