"""Follow-up: how many could be asked, were reached, and answered."""

import pandas as pd

from dashboard.charts.flow import Step, draw_flow
from dashboard.charts.rates import rate_by_group
from dashboard.journal import call_list
from dashboard.links import view_options
from dashboard.links.procedure_links import behind_link
from dashboard.pages.follow_up.leftover_scores import leftovers_panel
from dashboard.text import phrases
from dashboard.text.theme import Theme, percent_text
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.trend_panel import trend_panel
from data.settings import read_timepoints
from queries.explain.calls_due import Capture
from queries.explain.selections import Behind
from queries.figures.gates import FEWEST

# Why somebody who could be asked has no score.
SILENT_WORDS = {
    "no": "without a score",
    "no-score": "reached or seen, without a score",
    "declined": "declined",
    "no-answer": "called or invited, no answer",
    "no-contact": "no contact recorded",
}
OSTEOPOROSIS = ("osteoporosis_closed_12_weeks", "bone_density_12_weeks")


def main() -> None:
    """Compose the page."""
    view = current_view()
    theme = page_parts.current_theme()
    page_parts.answer_line(answer_sentence(view))
    page_parts.show_months(view, f"recorded_{call_list.CALLED_AT[0]}")
    timepoint = timepoint_choice()
    label, metric = read_timepoints().labels[timepoint], f"recorded_{timepoint}"
    capture = call_list.capture_of(view, timepoint)
    page_parts.show_chart(view, f"flow_{timepoint}", figure=flow_chart(capture, theme), table=flow_table(capture))
    latest_without(view, metric)
    leftovers_panel(view)
    panels.figures_panel(view, "Osteoporosis: bone density and treatment by 12 weeks", "osteoporosis", OSTEOPOROSIS)
    trend_panel(view, metric, f"Are more patients answering at {label}?", "who could be asked")
    sites = view.figures(metric, by=view.unit)
    sites = sites[sites["eligible"] > 0]
    names = [phrases.value_label(group, view.unit) for group in sites["group"]]
    figure = rate_by_group(sites, names, f"Does it differ by {view.unit}?", f"Asked and answered at {label}", theme)
    page_parts.show_chart(view, f"{metric}_by_site", figure=figure, table=sites, by=view.unit)
    panels.how_counted((metric, *OSTEOPOROSIS))


def answer_sentence(view: View) -> str:
    """The page's answer in one sentence."""
    parts = []
    for name in call_list.CALLED_AT:
        one = call_list.capture_of(view, name)
        if one.eligible:
            share = f" ({percent_text(100 * one.scored / one.eligible)})" if one.eligible >= FEWEST else ""
            parts.append(
                f"{phrases.count_of(one.scored, one.eligible)} answered at {read_timepoints().labels[name]}{share}"
            )
    if not parts:
        return "Nobody could be asked yet: no window is over."
    return f"{'; '.join(parts)}."


def flow_steps(one: Capture) -> list[Step]:
    """The flow of a timepoint: who falls away stands apart from who was not reached."""
    kept = [
        Step("procedures", one.procedures, True),
        Step("window not over yet", one.not_due, False),
        Step("died by its end", one.died, False),
        Step("treated again by its end", one.retreated, False),
        Step("could be asked", one.eligible, True),
    ]
    if one.reached is not None:
        kept.append(Step("reached or seen in the window", one.reached, True, one.eligible))
    kept.append(Step("asked and answered", one.scored, True, one.eligible))
    base = one.scored
    for status, count in one.silent or (("no", one.eligible - one.scored),):
        kept.append(Step(SILENT_WORDS[status], count, False, base=base))
        base += count
    return kept


def flow_table(one: Capture) -> pd.DataFrame:
    """The steps as a table; `status` leads to the procedures behind each."""
    status = {
        "procedures": "all", "window not over yet": "not-due", "died by its end": "died",
        "treated again by its end": "retreated", "could be asked": "counted",
        "reached or seen in the window": "reached", "asked and answered": "yes",
        **{words: name for name, words in SILENT_WORDS.items()},
    }  # fmt: skip
    rows = [(step.name, f"recorded_{one.timepoint}", status.get(step.name), step.count) for step in flow_steps(one)]
    return pd.DataFrame(rows, columns=["label", "metric", "status", "count"])


def flow_chart(one: Capture, theme: Theme):
    """The flow of a timepoint as a chart."""
    label = read_timepoints().labels[one.timepoint]
    title = f"Who was asked, and who answered, at {label}?"
    return draw_flow(flow_steps(one), title, "Procedures; grey: who falls away, each for its reason", theme)


def latest_without(view: View, metric: str) -> None:
    """A link to those of the latest month that is over who have no score, the question asked most."""
    months = view.whole.figures(metric, period="month")
    over = months[months["period_complete"].fillna(False).astype(bool) & (months["eligible"] > 0)]
    if over.empty:
        return
    last = over.iloc[-1]
    missing = int(last["eligible"] - last["numerator"])
    if missing:
        label = f"Without a score in {phrases.month_words(last['period_start'])}: {phrases.count_procedures(missing)} →"
        row = Behind(metric=metric, status="no", period=str(last["period"]))
        behind_link(view, row, view.whole.filters, label)


def timepoint_choice() -> str:
    """Which timepoint the page shows."""
    labels = read_timepoints().labels
    names = [window.name for window in read_timepoints().after]
    titles = {name: labels[name] for name in names}
    return view_options.pick_segment(
        "timepoint", "follow_up_timepoint", usual=names[0], label="Timepoint", titles=titles
    )


if __name__ == "__main__":
    main()
