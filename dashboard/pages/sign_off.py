"""Sign-off: a month's headline figures are signed, and what changes afterwards is told with its cause."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.journal import sign_offs
from dashboard.journal.notes import LONGEST
from dashboard.pages.overview.cards import CARDS, PERIOD_MARKS
from dashboard.text import phrases
from dashboard.text.theme import number_text
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, tables
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.periods import Period
from queries.explain.restatements import Change, cause_words
from queries.explain.selections import parse_period
from queries.figures.gates import FIRM
from queries.statistics.intervals import newcombe


def main() -> None:
    """Compose the page."""
    view = current_view()
    page_parts.answer_line(answer_sentence(view))
    st.write("What is signed is kept as it was, with its records. Figures: whole department, all techniques.")
    to_sign(view)
    st.subheader("Changed since it was signed", anchor=False)
    show_changes(view)
    signed = signed_table(view)
    if len(signed):
        st.subheader("Signed months", anchor=False)
        tables.text_table(signed)


def month_words(month: str) -> str:
    """`March 2026`."""
    period = parse_period(month)
    return phrases.month_words(period.start) if isinstance(period, Period) else month


def answer_sentence(view: View) -> str:
    """The page's answer in one sentence."""
    closed, signed = sign_offs.closed_months(view), sign_offs.signed_months(view)
    if not closed:
        return "No month is over yet."
    waiting = [place for place, month in enumerate(reversed(closed)) if month not in signed]
    done = f"{phrases.count_of(len(closed) - len(waiting), len(closed))} closed months are signed off"
    return f"{done}; not yet: {run_words(closed[::-1], waiting)}." if waiting else f"{done}."


def run_words(months: Sequence[str], places: Sequence[int]) -> str:
    """Months by their places in order, those that follow each other as one run: `March 2025, May 2025 – June 2026`."""
    runs = [[at for _, at in run] for _, run in groupby(enumerate(places), lambda pair: pair[1] - pair[0])]
    ends = [dict.fromkeys((run[0], run[-1])) for run in runs]
    return ", ".join(" – ".join(month_words(months[at]) for at in one) for one in ends)


def to_sign(view: View) -> None:
    """A month, its headline figures, and the button."""
    closed, signed = sign_offs.closed_months(view), sign_offs.signed_months(view)
    if not closed:
        return
    month = st.selectbox(
        "Month",
        closed,
        index=closed.index(next_month(closed, signed)),
        format_func=month_words,
        key="sign_month",
        width=260,
    )
    figures = sign_offs.figures_of(view, month)
    earlier = closed[closed.index(month) + 1 :][:1]
    before = {row["metric"]: row for one in earlier for row in sign_offs.figures_of(view, one)}
    shown = [_figure_row(row, before.get(row["metric"])) for row in figures]
    page_parts.section_heading(f"Headline figures of {month_words(month)}", *(cell for row in shown for cell in row))
    st.html(tables.table_html(("figure", "value", "recorded", "month before"), shown))
    if any(cells[1].startswith(tuple(PERIOD_MARKS.values())) for cells in shown):
        st.caption("△ ▽ higher, lower than the month before, by more than chance explains.")
    open_windows = max(row["excluded_not_due"] or 0 for row in figures)
    if open_windows:
        st.caption(
            f"For {phrases.count_procedures(open_windows)} of this month a window or the 30 days are not over: "
            "these figures "
            "will still change, and the change will be listed below."
        )
    if month in signed:
        one = signed[month]
        comment = f" “{phrases.plain_text(one.comment)}”" if one.comment else ""
        st.write(f"Signed off by {phrases.plain_text(one.author)} on {phrases.written_day(one.at)}.{comment}")
    with st.container(horizontal=True, key="sign_menus"):
        _sign_menu(view, month, is_signed=month in signed)
        if month in signed:
            _withdraw_menu(view, month)


def next_month(closed: Sequence[str], signed: Collection[str]) -> str:
    """The month to sign next, of `closed`, newest first: the oldest that waits since signing began, else the newest."""
    begun = closed[: closed.index(min(signed))] if signed and min(signed) in closed else closed[:1]
    return next((month for month in reversed(begun) if month not in signed), closed[0])


def _sign_menu(view: View, month: str, is_signed: bool) -> None:
    """Ask before it is signed, with room for a comment."""
    name = month_words(month)
    label = f"Sign {name} off again as it is now" if is_signed else f"Sign off {name}"
    with st.popover(label, type="secondary" if is_signed else "primary", key="sign_menu"):
        st.write(f"The figures of {name} go into the journal as they stand now, under your name.")
        comment = st.text_input("Comment (may stay empty)", max_chars=LONGEST, key=f"sign_comment_{month}")
        if st.button(f"Yes, sign off {name}", type="primary", key="sign_button"):
            sign_offs.sign_off(view, month, comment)
            st.rerun()


def _withdraw_menu(view: View, month: str) -> None:
    """Take the signature back, with the reason."""
    with st.popover("Withdraw …", key="withdraw_menu"):
        st.write("The month counts as not signed from then on. What was signed stays in the journal.")
        # As a form, so that one click is enough after typing.
        with st.form(f"withdraw_form_{month}", border=False):
            reason = st.text_input("Why", max_chars=LONGEST, key=f"withdraw_reason_{month}")
            if not st.form_submit_button("Withdraw the signature"):
                return
            if not reason.strip():
                st.error("Say why it is withdrawn.")
                return
            sign_offs.withdraw_sign_off(view, month, reason)
            st.rerun()


def _figure_row(row: dict[str, Any], before: dict[str, Any] | None) -> tuple[str, ...]:
    return (
        _figure_title(row["metric"]),
        " ".join(filter(None, (apart_mark(row, before), _value_words(row)))),
        _counted_words(row),
        _value_words(before) if before else "–",
    )


def _figure_title(name: str) -> str:
    """Under the title and words of Overview's card, where it stands on one."""
    cards = {metric: f"{title}: {says}" for _, metric, title, says in CARDS}
    return cards.get(name) or read_catalogue()[name].title


def card_title(name: str) -> str:
    """The title of Overview's card alone, where the figure stands on one."""
    return next((title for _, metric, title, _ in CARDS if metric == name), read_catalogue()[name].title)


def apart_mark(row: dict[str, Any], before: dict[str, Any] | None) -> str:
    """Whether a share is another than in the month before, as on the cards; empty where neither may be said."""
    if (
        before is None
        or read_catalogue()[row["metric"]].kind != "proportion"
        or {row["gate"], before["gate"]} - set(FIRM)
    ):
        return ""
    lower, upper = newcombe(row["numerator"], row["recorded"], before["numerator"], before["recorded"])
    return PERIOD_MARKS["higher"] if lower > 0 else PERIOD_MARKS["lower"] if upper < 0 else ""


def _counted_words(row: dict[str, Any]) -> str:
    """How many are recorded; of events how many are known to be followed up, as on Safety.

    Empty where the figure is itself how many were asked.
    """
    if row["metric"].startswith("recorded_"):
        return ""
    if row.get("followed_up") is not None:
        return f"{phrases.count_of(row['followed_up'], row['followed_up_of'])} followed up"
    return phrases.count_of(row["recorded"], row["eligible"])


def _value_words(row: dict[str, Any]) -> str:
    """A figure of a month as its gate allows; what was signed without a gate shows counts alone."""
    if row.get("value") is None:
        return "not recorded"
    metric = read_catalogue()[row["metric"]]
    if metric.followed_by:
        # One row holds two months: below 80 % followed up both say the same words.
        gate = row.get("gate", "bounds_only")
        return phrases.event_words({**row, "gate": "bounds_only" if gate in phrases.NO_RATE else gate})
    counts = phrases.count_of(row["numerator"], row["recorded"]) if metric.kind == "proportion" else ""
    if metric.kind != "count" and row.get("gate") not in FIRM:
        return counts or f"{row['recorded']:,} recorded"
    shown = number_text(row["value"], row.get("unit") or metric.unit)
    return f"{shown} ({counts})" if counts else shown


def show_changes(view: View) -> None:
    """Every signed figure that differs now, with its causes."""
    found = sign_offs.find_restatements(view)
    if not found:
        st.write("No signed figure has changed." if sign_offs.signed_months(view) else "Nothing is signed yet.")
    for one in found:
        by = phrases.plain_text(one.signed.author)
        st.markdown(f"**{month_words(one.signed.month)}**, signed off by {by} on {phrases.written_day(one.signed.at)}")
        rows = [_change_row(part) for part in one.changes]
        st.html(tables.table_html(("figure", "signed → now", "because"), rows))


def _change_row(part: Change) -> tuple[str, ...]:
    told = f"{_value_words(part.signed)} → {_value_words(part.now)}"
    return (
        _figure_title(part.metric),
        told,
        cause_words(part),
    )


def signed_table(view: View) -> pd.DataFrame:
    """Who signed which month, newest first."""
    rows = [
        (month_words(one.month), one.author, phrases.written_day(one.at), one.comment or "–", one.generation)
        for one in sign_offs.signed_months(view).values()
    ]
    return pd.DataFrame(rows, columns=["month", "signed by", "on", "comment", "records"])


if __name__ == "__main__":
    main()
