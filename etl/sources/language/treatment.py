"""What counts as the treatment in a system that sends all procedures of a hospital: by codes, or by words.

A source with `[treatment]` takes its procedures twice: those that count as they are mapped, and all others with their
number and what was done alone. The others are never loaded; a newer version that is no treatment takes back an older
one that was.
"""

from typing import Any

from pydantic import Field

from etl.sources.language.cells import Cell, Condition, Part, Texts

# The standing of a procedure that is no treatment.
OTHER = "other_measure"
# What a row is like that does not say its status: neither withdrawn nor anything else.
UNSAID = "none"
# Where a FHIR resource says what was done.
FHIR_CODES, FHIR_TEXTS = "code.coding@coded", ("code.text", "code.coding.display")
# Carried by the procedures that are none: their number, whose they are, and when that was said.
TAKEN_ALONG = ("procedure_id", "patient_id", "updated_at")


class Treatment(Part):
    """Which procedures count. `codes`: by system, in FHIR its URL; `words` are looked for in texts, `not_words` win.

    `added` are the codes of lines that add a level to a session of the same day; `columns` hold codes and texts in a
    table. `*` stands for anything.
    """

    codes: dict[str, Texts] = Field(default_factory=dict)
    words: Texts = ()
    not_words: Texts = ()
    added: Texts = ()
    columns: Texts = ()

    @property
    def all_codes(self) -> tuple[str, ...]:
        """The codes of every system."""
        return tuple(dict.fromkeys(code for codes in self.codes.values() for code in codes))

    def split_record(self, record: Any, is_fhir: bool, standing: dict[str, str]) -> tuple[Any, Any]:
        """A record of procedures as one of those that count and one of the others. `standing`: codes of its status."""
        asked = self._conditions(is_fhir)
        counted = tuple(Condition(any_=one) for one in asked if one)
        others = Condition(any_=tuple(Condition(none_=one) for one in asked if one))
        places = (FHIR_CODES,) if is_fhir else self.columns
        columns = dict(record.columns)
        if self.added:
            added = _one_of_several(tuple(f"*|{code}" for code in self.added)) if is_fhir else self.added
            columns["is_added"] = Cell(column=places, codes=dict.fromkeys(added, "yes") | {"*": ""}, optional=True)
        rest = {name: columns[name] for name in TAKEN_ALONG if name in columns}
        rest["technique"] = Cell(column=places, optional=True)
        rest["record_status"] = self._standing_of_others(record.columns.get("record_status"), standing)
        return (
            record.model_copy(update={"when": (*record.when, *counted), "columns": columns}),
            record.model_copy(update={
                "when": (*record.when, others), "columns": rest, "only_with": (), "lines_of_one_session": False,
            }),
        )  # fmt: skip

    def _conditions(self, is_fhir: bool) -> tuple[tuple[Condition, ...], ...]:
        """Of each of these one must hold: a code or a word; and a code, or none of the words that win."""
        if is_fhir:
            pairs = tuple(f"{system}|{code}" for system, codes in self.codes.items() for code in codes)
            texts: tuple[str, ...] = FHIR_TEXTS
            coded = {FHIR_CODES: _one_of_several(pairs)}
        else:
            coded, texts = dict.fromkeys(self.columns, self.all_codes), self.columns
        known = tuple(Condition(column=column, is_=codes, optional=True) for column, codes in coded.items() if codes)
        named, against = _said(texts, self.words), _said(texts, self.not_words)
        return (*known, *named), (*known, Condition(none_=against)) if named and against else ()

    @staticmethod
    def _standing_of_others(cell: Cell | None, standing: dict[str, str]) -> Cell:
        """A procedure that is none is void, whatever its status says; only a withdrawal stays one."""
        if cell is None:
            return Cell(constant=OTHER)
        withdrawn = {code: meaning for code, meaning in standing.items() if meaning == "withdrawn"}
        return cell.model_copy(update={"codes": withdrawn | {"*": OTHER}, "default": cell.default or UNSAID})


def _one_of_several(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns of a cell that holds several codes, one of which is one of these."""
    return tuple(written for code in codes for written in (code, f"{code}; *", f"*; {code}", f"*; {code}; *"))


def _said(columns: tuple[str, ...], words: tuple[str, ...]) -> tuple[Condition, ...]:
    """Of each column: whether one of the words stands in it; none without words."""
    within = tuple(f"*{word.strip('*')}*" for word in words)
    return tuple(Condition(column=column, is_=within, optional=True) for column in columns) if within else ()
