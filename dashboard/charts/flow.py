"""From all procedures to those who answered, step by step: what is kept, and what falls away and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing
from dashboard.text.theme import Theme, percent_text
from queries.figures.gates import FEWEST


@dataclass(frozen=True)
class Step:
    """A bar: how many are left (`is_kept`), or how many fall away just before the next kept step, or from `base`."""

    name: str
    count: int
    is_kept: bool
    of: int | None = None
    base: int | None = None


def draw_flow(steps: Sequence[Step], title: str, subtitle: str, theme: Theme) -> go.Figure:
    """One bar for each step, in order: kept ones from zero, those that fall away where they break off."""
    drawing = Drawing(
        theme=theme,
        height=100,
        title=title,
        finding=_answer_words(steps),
        subtitle=subtitle,
        alt=_alt_text(steps),
        x={"visible": False},
    )
    most = max([step.count for step in steps if step.is_kept] + [1])
    left = most
    bases = []
    # Where each bar stands in the table: nobody who falls away is no bar.
    places = [place for place, step in enumerate(steps) if step.is_kept or step.count]
    steps = [steps[place] for place in places]
    for step in steps:
        if step.base is not None:
            bases.append(step.base)
        elif step.is_kept:
            left = step.count
            bases.append(0)
        else:
            left -= step.count
            bases.append(left)
    drawing.add(
        "bar",
        y=list(range(len(steps))),
        x=[step.count for step in steps],
        base=bases,
        orientation="h",
        width=0.34,
        marker={
            "color": [theme.main if step.is_kept else theme.quiet for step in steps],
        },
        customdata=[_step_words(step) for step in steps],
        hovertemplate="%{customdata}<extra></extra>",
        rows=places,
    )
    drawing.row_labels([step.name for step in steps], [_step_number(step) for step in steps])
    drawing.x |= {"range": [0, most * 1.02]}
    return drawing.figure()


def _step_number(step: Step) -> str:
    share = f" of {step.of:,}" if step.of else ""
    if step.of and step.of >= FEWEST:
        share += f" ({percent_text(100 * step.count / step.of)})"
    return f"{step.count:,}{share}" if step.is_kept else f"− {step.count:,}"


def _step_words(step: Step) -> str:
    return f"{step.name}: {_step_number(step)}"


def _alt_text(steps: Sequence[Step]) -> str:
    return f"{'; '.join(_step_words(step) for step in steps)}." if steps else "Nothing to show."


def _answer_words(steps: Sequence[Step]) -> str:
    """The last step that is kept, of those it is counted of."""
    last = next((step for step in reversed(steps) if step.is_kept), None)
    return f"{last.count:,} of {last.of:,} {last.name}" if last is not None and last.of else ""
