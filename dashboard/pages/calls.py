"""Call list: whom to call now, the score heard entered on the row, and what calls came to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from dashboard.access.openings import end_opening, note_opening
from dashboard.journal import call_list, heard_scores
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.text.templates import render_html
from dashboard.view.clock import read_clock
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, tables
from data.errors import OutcomesError
from data.settings import read_timepoints
from queries.explain.calls_due import Call, Workup

AT_FIRST = 8
HOURS_OF_A_DAY = 24
# A patient's number up to so many characters stands on the button, too.
SHORT_NUMBER = 12
QUESTION = "“From 0, no pain, to 10, the worst pain you can think of: how is it"
NO_ANSWER = "could not answer"
OPEN_PARTS = (("bone density", "has_bone_density"), ("treatment", "is_decided"))
ABOUT_WORKUP = "Treatment is open until a drug is started, declined or not indicated, or a referral is made."


def main() -> None:
    """Compose the page."""
    view = current_view()
    now = read_clock(view.info)
    waiting = heard_scores.scores_waiting(view)
    entered = {(one.procedure_id, one.timepoint) for one in waiting}
    calls = call_list.call_list(view)
    due = [call for call in calls if (call.procedure_id, call.timepoint) not in entered]
    page_parts.answer_line(answer_sentence(due))
    st.caption(phrases.plain_text(now.says))
    for title, group in call_groups(due, now.now).items():
        if group:
            _show_group(view, title, group, now.now)
    _show_waiting(view, waiting, calls)
    _show_workups(view)
    _show_closings(view)


def answer_sentence(due: Sequence[Call]) -> str:
    """How many are to be asked, and how many of them today."""
    if not due:
        return "Nobody to call: everyone in or near a window has a score, or their call was closed."
    now = [call for call in due if not call.opens_in]
    soon = sum(call.hours_left <= HOURS_OF_A_DAY for call in now)
    later = f", {len(due) - len(now):,} later" if len(now) < len(due) else ""
    return f"{len(now):,} to ask now{later}; for {soon or 'none'} the window closes within 24 hours."


def call_groups(due: Sequence[Call], now: datetime) -> dict[str, list[Call]]:
    """Due now, opening today by the hospital's clock, and later; each soonest first."""
    groups: dict[str, list[Call]] = {"Due now": [], "Opens today": [], "Later": []}
    for call in due:
        today = heard_scores.moment_now(call, now).date()
        opens = heard_scores.moment_now(call, now + timedelta(hours=call.opens_in)).date()
        groups["Due now" if not call.opens_in else "Opens today" if opens == today else "Later"].append(call)
    return groups


def _show_group(view: View, title: str, calls: Sequence[Call], now: datetime) -> None:
    st.subheader(f"{title}: {len(calls):,}", anchor=False)
    name = title.lower().replace(" ", "_")
    rows = st.container()
    # Below the rows: who has come to the end of the list sees that there are more.
    everyone = len(calls) <= AT_FIRST or st.toggle(
        f"Show all {len(calls):,}, not only the {AT_FIRST} whose windows close first", key=f"calls_all_{name}"
    )
    shown = list(calls if everyone else calls[:AT_FIRST])
    with rows:
        for call, number in zip(shown, call_list.numbers_beside(view, shown), strict=True):
            _call_row(view, call, number, now)


def _call_row(view: View, call: Call, number: str, now: datetime) -> None:
    """Who, which window and how long, the score heard, and what else the call came to."""
    key = f"{call.procedure_id}_{call.timepoint}"
    with st.container(key=f"call_{key}"):
        who, window, score, closing = st.columns([4, 3, 2, 2], vertical_alignment="center")
        with who:
            page_parts.page_link("procedures", whose_call(call, number), {"procedure": call.procedure_id})
        with window:
            asked = heard_scores.CONTEXTS[asked_context(call)]
            st.html(render_html("call", label=call.label, left=time_left(call, now), asked=asked))
        # Nothing can be heard before the window opens.
        if not call.opens_in:
            with score:
                _score_menu(view, call, number, now, key)
        with closing:
            st.selectbox(
                f"What the call came to: {phrases.day_words(call.performed_on)}, {call.label}",
                list(call_list.REASONS),
                index=None,
                placeholder="Call came to …",
                format_func=call_list.REASONS.__getitem__,
                key=f"close_{key}",
                label_visibility="collapsed",
                on_change=_close_clicked,
                args=(view, call, f"close_{key}"),
            )


def whose_call(call: Call, number: str) -> str:
    """Patient, day, vertebrae and site, for places that read Markdown: the same on the row and where its score is put.

    `number`: the patient's, empty for who may not see it.
    """
    parts = [f"patient {number}"] if number else []
    parts += [phrases.day_words(call.performed_on), call.vertebrae or "levels not recorded", call.site or "no site"]
    return " · ".join(phrases.plain_text(part) for part in parts)


def asked_context(call: Call) -> str:
    """How pain is to be asked: as before, at rest where nobody was asked before."""
    return call.context if call.context in heard_scores.CONTEXTS else "rest"


def _score_menu(view: View, call: Call, number: str, now: datetime, key: str) -> None:
    """The score as it was heard, under whose it is: earlier scores are not shown, and it is asked as it was before."""
    menu = st.popover("Enter score", key=f"score_{key}", on_change="rerun", width="stretch")
    if not menu.open:
        end_opening(key)
        return
    note_opening(view.reader, call.procedure_id, "calls", key)
    asked = asked_context(call)
    moment = heard_scores.moment_now(call, now)
    # On a wrong patient a score harms: the form says again whose it is, and so does its button where there is room.
    whose = f"Save for patient {phrases.plain_text(number)}" if 0 < len(number) <= SHORT_NUMBER else "Save"
    with menu, st.form(f"score_form_{key}", border=False):
        st.write(f"**{whose_call(call, number)} · {call.label}**")
        st.write(
            f"“From 0, no pain, to 10, the worst pain you can think of: how is it {heard_scores.CONTEXTS[asked]}?”"
        )
        given = st.pills("Pain", [*map(str, range(11)), NO_ANSWER], key=f"score_given_{key}")
        context = st.selectbox(
            "Asked", list(heard_scores.CONTEXTS), list(heard_scores.CONTEXTS).index(asked),
            format_func=heard_scores.CONTEXTS.__getitem__, key=f"score_context_{key}",
        )  # fmt: skip
        day = st.date_input("On", moment.date(), max_value=moment.date(), key=f"score_day_{key}")
        clock = st.time_input("At", moment.time().replace(second=0, microsecond=0), key=f"score_time_{key}")
        if not st.form_submit_button(whose, type="primary", width="stretch"):
            return
        if given is None or context is None or day is None or clock is None:
            st.error("Choose the number that the patient gave.")
            return
        score = None if given == NO_ANSWER else float(given)
        try:
            heard_scores.enter_score(view, call, score, context, datetime.combine(day, clock))
        except OutcomesError as error:
            st.error(f"{error.what}. {error.remedy}.")
            return
    st.toast("Entered. It counts after the next load; undo it below.")
    st.rerun()


def _show_waiting(view: View, waiting: Sequence[heard_scores.HeardScore], calls: Sequence[Call]) -> None:
    """What was entered, each with whose it is and its undo; what a load has taken in is counted already.

    `calls`: those of the list, also where a score was entered. A window that has closed since has none.
    """
    if not waiting:
        return
    entered = {(one.procedure_id, one.timepoint) for one in waiting}
    asked_of = [call for call in calls if (call.procedure_id, call.timepoint) in entered]
    whose = {
        (call.procedure_id, call.timepoint): f"{whose_call(call, number)} · "
        for call, number in zip(asked_of, call_list.numbers_beside(view, asked_of), strict=True)
    }
    st.subheader(f"Entered, counted with the next load: {len(waiting):,}", anchor=False)
    for one in waiting:
        with st.container(horizontal=True, vertical_alignment="center", key=f"heard_{one.id}"):
            score = NO_ANSWER if one.score is None else f"{one.score:g}"
            label = read_timepoints().labels[one.timepoint]
            asked = heard_scores.CONTEXTS[one.context]
            author, on = phrases.plain_text(one.author), phrases.written_day(one.at)
            of_whom = whose.get((one.procedure_id, one.timepoint), "")
            st.write(f"{of_whom}{label}: **{score}** {asked}, entered on {on} by {author}")
            st.button("Undo", key=f"undo_{one.id}", on_click=_undo_clicked, args=(view, one.id), type="tertiary")


def _show_workups(view: View) -> None:
    """Whose bone density or treatment is still open 12 weeks after at most; nothing where no sender sends any of it."""
    due = call_list.workup_list(view)
    if not due:
        return
    panel = st.expander(f"Osteoporosis work-up not closed yet: {len(due):,}", on_change="rerun", key="workups")
    if not panel.open:
        return
    with panel:
        rows = [
            (f"patient {number}" if number else phrases.day_words(one.performed_on), *workup_cells(one))
            for one, number in zip(due, call_list.numbers_beside(view, due), strict=True)
        ]
        leads = [(one.procedure_id, None, None, None) for one in due]
        tables.grid_table(("", "procedure", "site", "open", "until 12 weeks"), rows, leads, view)
        st.caption(ABOUT_WORKUP, help=explain_terms(ABOUT_WORKUP))


def workup_cells(one: Workup) -> tuple[str, str, str, str]:
    """Day and site of the procedure, what is still open, and the days left."""
    missing = [words for words, is_there in OPEN_PARTS if not getattr(one, is_there)]
    left = f"{one.days_left} day{'' if one.days_left == 1 else 's'}"
    return phrases.day_words(one.performed_on), one.site or "no site", phrases.join_words(missing), left


def _undo_clicked(view: View, number: int) -> None:
    heard_scores.undo_score(view, number)
    st.toast("Taken back.")


def _take_back_clicked(view: View, closing: call_list.Closing) -> None:
    call_list.take_back(view, closing)


def _close_clicked(view: View, call: Call, key: str) -> None:
    reason = st.session_state[key]
    if reason is not None:
        call_list.close_call(view, call.procedure_id, call.timepoint, reason)
        st.toast(f"Recorded: {call_list.REASONS[reason]}.")


def time_left(call: Call, now: datetime) -> str:
    """`3 days left, until 14 July`, by the hospital's clock; before the window opens, in how long it does."""
    if call.opens_in > 0:
        return f"opens in {_hours_words(call.opens_in)}"
    # A window that ends at midnight ends with the day before.
    last = heard_scores.moment_now(call, now + timedelta(hours=call.hours_left, seconds=-1))
    return f"{_hours_words(call.hours_left)} left, until {last.day} {last:%B}"


def _hours_words(hours: float) -> str:
    if hours >= 72:
        return f"{hours / 24:.0f} days"
    return f"{hours:.0f} hours" if hours >= 1.5 else "about an hour"


def _show_closings(view: View) -> None:
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
                    author, on = phrases.plain_text(one.author), phrases.written_day(one.at)
                    st.write(f"{on}, {label}: {call_list.REASONS[one.reason]} ({author})")
                    st.button(
                        "Put back on the list",
                        key=f"back_{one.id}",
                        on_click=_take_back_clicked,
                        args=(view, one),
                        type="tertiary",
                    )


if __name__ == "__main__":
    main()
