"""Follow-up: whom to call now, and how many could be asked, were reached, and answered."""

import pandas as pd
import streamlit as st

from dashboard.charts.flow import Step, draw_flow
from dashboard.charts.rates import rate_by_group
from dashboard.journal import call_list
from dashboard.links import drill_through, view_options
from dashboard.text import phrases
from dashboard.text.templates import render_html
from dashboard.text.theme import Theme, percent_text
from dashboard.view.clock import read_clock
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts
from dashboard.widgets.trend_panel import trend_panel
from data.settings import read_timepoints
from queries.explain.calls_due import Call, Capture
from queries.explain.selections import Behind

AT_FIRST = 8


def main() -> None:
    """Compose the page."""
    view = current_view()
    theme = page_parts.current_theme()
    page_parts.answer_line(answer_sentence(view))
    if view.reader.has("call_list"):
        call_section(view)
    st.subheader("How complete is follow-up?", anchor=False)
    timepoint = timepoint_choice()
    label, metric = read_timepoints().labels[timepoint], f"recorded_{timepoint}"
    capture = call_list.capture_of(view, timepoint)
    page_parts.show_chart(view, f"flow_{timepoint}", figure=flow_chart(capture, theme), table=flow_table(capture))
    latest_without(view, metric)
    trend_panel(view, metric, f"Are more patients answering at {label}?", "who could be asked")
    sites = view.figures(metric, by="site")
    sites = sites[sites["eligible"] > 0]
    names = [phrases.value_label(group, "site") for group in sites["group"]]
    figure = rate_by_group(sites, names, "Does it differ by site?", f"Asked and answered at {label}", theme)
    page_parts.show_chart(view, f"{metric}_by_site", figure=figure, table=sites, by="site")


def answer_sentence(view: View) -> str:
    """The page's answer in one sentence."""
    parts = []
    for name in call_list.CALLED_AT:
        one = call_list.capture_of(view, name)
        if one.eligible:
            share = percent_text(100 * one.scored / one.eligible)
            parts.append(
                f"{phrases.count_of(one.scored, one.eligible)} answered at {read_timepoints().labels[name]} ({share})"
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
    missing = one.eligible - one.scored
    return [
        *kept,
        Step("asked and answered", one.scored, True, one.eligible),
        Step("without a score", missing, False, base=one.scored),
    ]


def flow_table(one: Capture) -> pd.DataFrame:
    """The steps as a table; `status` leads to the procedures behind each."""
    status = {
        "procedures": "all", "window not over yet": "not-due", "died by its end": "died",
        "treated again by its end": "retreated", "could be asked": "counted",
        "reached or seen in the window": "reached", "asked and answered": "yes",
        "without a score": "no",
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
    months = view.figures(metric, period="month")
    over = months[months["period_complete"].fillna(False).astype(bool) & (months["eligible"] > 0)]
    if over.empty:
        return
    last = over.iloc[-1]
    missing = int(last["eligible"] - last["numerator"])
    if missing:
        label = f"Without a score in {phrases.month_words(last['period_start'])}: {phrases.count_procedures(missing)} →"
        row = Behind(metric=metric, status="no", period=str(last["period"]))
        page_parts.page_link(
            "procedures", label, {**view_options.options_shown(), **drill_through.to_address(row), "back": "follow_up"}
        )


def timepoint_choice() -> str:
    """Which timepoint the page shows."""
    labels = read_timepoints().labels
    names = [window.name for window in read_timepoints().after]
    titles = {name: labels[name] for name in names}
    return view_options.pick_segment(
        "timepoint", "follow_up_timepoint", usual=names[0], label="Timepoint", titles=titles
    )


def call_section(view: View) -> None:
    """Whom to call now, what calls came to, and what they have recovered."""
    st.subheader("Whom to call", anchor=False)
    due = call_list.call_list(view)
    everyone_here = "Everyone at the sites chosen, whatever the other filters say."
    st.caption(phrases.plain_text(f"{read_clock(view.info).says} {everyone_here}"))
    if not due:
        st.write("Nobody: everyone in or near a window has a score, or their call was closed.")
    else:
        soon = sum(call.hours_left <= 24 for call in due)
        closing = f"{soon:,}" if soon else "none"
        st.write(f"{len(due):,} to ask; for {closing} the window closes within 24 hours. Soonest first:")
    everyone = len(due) <= AT_FIRST or st.toggle(f"Show all {len(due):,}", key="calls_all")
    shown = due if everyone else due[:AT_FIRST]
    for call, number in zip(shown, call_list.numbers_beside(view, shown), strict=True):
        _call_row(view, call, number)
    _results_table(view)


def _call_row(view: View, call: Call, number: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"call_{call.procedure_id}_{call.timepoint}"):
        parts = [phrases.day_words(call.performed_on), call.vertebrae or "levels not recorded", call.site or "no site"]
        if number:
            parts.append(f"patient {number}")
        page_parts.page_link(
            "procedures", " · ".join(phrases.plain_text(part) for part in parts), {"procedure": call.procedure_id}
        )
        before = "no score before" if call.baseline is None else f"pain {call.baseline:g} before"
        st.html(
            render_html("call", label=call.label, left=_time_left(call), before=before),
            width="content",
        )
        key = f"close_{call.procedure_id}_{call.timepoint}"
        st.selectbox(
            f"What the call came to: {phrases.day_words(call.performed_on)}, {call.label}",
            list(call_list.REASONS),
            index=None,
            placeholder="Close as …",
            format_func=call_list.REASONS.__getitem__,
            key=key,
            label_visibility="collapsed",
            width=190,
            on_change=_close_clicked,
            args=(view, call, key),
        )


def _take_back_clicked(view: View, closing: call_list.Closing) -> None:
    call_list.take_back(view, closing)


def _close_clicked(view: View, call: Call, key: str) -> None:
    reason = st.session_state[key]
    if reason is not None:
        call_list.close_call(view, call.procedure_id, call.timepoint, reason)
        st.toast(f"Recorded: {call_list.REASONS[reason]}.")


def _time_left(call: Call) -> str:
    if call.opens_in > 0:
        return f"opens in {_hours_words(call.opens_in)}"
    return f"{_hours_words(call.hours_left)} left"


def _hours_words(hours: float) -> str:
    if hours >= 72:
        return f"{hours / 24:.0f} days"
    return f"{hours:.0f} hours" if hours >= 1.5 else "about an hour"


def _results_table(view: View) -> None:
    found = call_list.count_recovered(view)
    if found.closed:
        st.write(
            f"Calls recorded so far: {found.closed:,}. They reached {found.reached:,} patients; "
            f"{found.scored:,} of these have a score in that window now."
        )
    recent = call_list.recent_closings(view)
    if not recent:
        return
    panel = st.expander(
        f"Recorded in the last {call_list.SHOWN_DAYS} days: {len(recent):,}", on_change="rerun", key="closings"
    )
    if panel.open:
        with panel:
            for one in recent[:50]:
                with st.container(horizontal=True, vertical_alignment="center"):
                    label = read_timepoints().labels[one.timepoint]
                    st.write(
                        f"{one.at[:10]}, {label}: {call_list.REASONS[one.reason]} ({phrases.plain_text(one.author)})"
                    )
                    st.button(
                        "Put back on the list",
                        key=f"back_{one.id}",
                        on_click=_take_back_clicked,
                        args=(view, one),
                        type="tertiary",
                    )


if __name__ == "__main__":
    main()
