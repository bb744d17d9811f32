"""A wide questionnaire, several scores side by side in a row, as one block of a source: `[[file.scores]]`."""

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from etl.sources.language.cells import AnyCell, Cell, Condition, Part, Texts


class ScoreColumn(Part):
    """What the score under one heading is: when it was asked (a timepoint), of which pain, and how."""

    label: str | None = None
    context: str | None = None
    instrument: str | None = None
    group: str | None = None
    after: str | None = None
    number: int | None = Field(default=None, ge=1)
    optional: bool = False
    scale: Literal[10, 100] | None = None
    missing: dict[str, str] | Texts = Field(default_factory=dict)


class Scores(Part):
    """Scores that stand side by side. A cell that is empty is no score: nobody asked, or nobody wrote it down."""

    score_id: AnyCell | None = None
    patient_id: AnyCell | None = None
    procedure_id: AnyCell | None = None
    measured_at: AnyCell | None = None
    mode: AnyCell | None = None
    updated_at: AnyCell | None = None
    when: tuple[Condition, ...] = ()
    scale: Literal[10, 100] = 10
    missing: dict[str, str] | Texts = Field(default_factory=dict)
    columns: dict[str, ScoreColumn] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_whose_and_when(self) -> Self:
        if self.patient_id is None and self.procedure_id is None:
            raise ValueError("needs patient_id or procedure_id")
        for heading, one in self.columns.items():
            if self.measured_at is None and one.label is None:
                raise ValueError(
                    f"{heading}: say when it was asked, by measured_at of the block or label of the column"
                )
        return self

    def records(self) -> Iterator[dict[str, Any]]:
        """One record of pain scores for each heading, as the keys of a `[[file.record]]`."""
        for heading, one in self.columns.items():
            yield {
                "kind": "pain_scores",
                "when": self.when,
                "only_with": ("score",),
                "scale": one.scale or self.scale,
                "columns": self._cells(heading, one),
            }

    def _cells(self, heading: str, one: ScoreColumn) -> dict[str, Cell]:
        shared = {
            name: getattr(self, name) for name in ("patient_id", "procedure_id", "measured_at", "mode", "updated_at")
        }
        said = {"context": one.context, "instrument": one.instrument, "timepoint": one.label}
        score = Cell(
            column=(heading,), group=one.group, after=one.after, number=one.number, optional=one.optional,
            missing=one.missing or self.missing,
        )  # fmt: skip
        return {
            "score_id": self._number(heading, one),
            "score": score,
            **{name: cell for name, cell in shared.items() if cell is not None},
            **{name: Cell(constant=text) for name, text in said.items() if text is not None},
        }

    def _number(self, heading: str, one: ScoreColumn) -> Cell:
        """A number for each score: that of its row, else of whom and of when it is, with what was asked."""
        if self.score_id is not None:
            row: tuple[Cell, ...] = (self.score_id,)
        elif one.label is not None and self.procedure_id is not None:
            row = (self.procedure_id,)
        else:
            row = tuple(cell for cell in (self.patient_id or self.procedure_id, self.measured_at) if cell is not None)
        asked = "|".join(filter(None, (one.group, heading, one.label, str(one.number or ""))))
        return Cell(parts=(*row, Cell(constant=asked)))
