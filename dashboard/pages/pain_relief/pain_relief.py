"""Pain relief: how much it hurts before and after, and how many patients got relief."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.pain.pain_bands import MIND
from dashboard.charts.pain.responders import relief_curve, responder_bars
from dashboard.charts.pain.trajectory import pain_trajectory
from dashboard.links import view_options
from dashboard.pages.overview.differences import differing_sentence
from dashboard.pages.pain_relief import moved_windows, pain_comparisons
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.text.theme import Theme
from dashboard.view.lost_to_follow_up import tipping_facts
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.filter_bar import choose_filter
from dashboard.widgets.trend_panel import trend_panel
from data.settings import read_timepoints
from queries.figures.gates import FIRM
from queries.figures.summarise import Row, figures_table

LATER = "pain_later"
FIRST_SHOWN = ("hours_24_72", "follow_up")
FALLS = tuple(range(0, 101, 5))
ACCEPTED = ("osteoporotic", "metastasis", "myeloma", "haemangioma")
NOT_ACCEPTED = "disc_disease"
NOT_ITS_EFFECT = "Read this as change after treatment, not as its effect."
ABOUT_CHANGE = (
    "Patients come when pain is at its worst, so the next "
    "score tends to be lower by chance alone (regression to the mean), and a fresh fracture heals: in one trial 229 of "
    "431 patients lost their pain while waiting to be treated (VERTOS II, Lancet 2010). In a trial against a sham "
    "procedure both arms fell, and alike (VERTOS IV, BMJ 2018). There is no comparison group here."
)
BESIDE_PAIN = "Opioids, and what patients say of the result"
BESIDES = ("opioid_free", "opioid_dose_change", "much_improved", "satisfied")
FUNCTION = "Function and quality of life, by questionnaire"
ABOUT_FUNCTION = (
    "RMDQ and ODI are lower when a patient can do more, the EQ-5D index is higher in better health. The thresholds "
    "were found in back pain, not in fractures."
)
QUESTIONNAIRES = ("rmdq", "odi", "eq5d")
CURVE = "How far did each patient's pain fall?"
TOLD = ("responders_50_hours_24_72", "responders_50_follow_up", "relief_within_6_hours")
DEFINED = ("responders_50", "pain_score", "pain_change", "mild_pain", "worse", "recorded")
MEASURES = {
    "responders_30": "fell by 30 % or more",
    "responders_50": "halved, or better",
    "responders_2_points": "fell by 2 points or more",
    "mild_pain": "3 or less now",
    "worse": "higher by 2 or more",
}


def main() -> None:
    """Compose the page."""
    view = current_view()
    theme = page_parts.current_theme()
    headline = view.figure("responders_50_hours_24_72")
    page_parts.answer_line(answer_sentence(view), headline)
    page_parts.show_months(view, headline["metric"])
    differs = phrases.plain_text(differing_sentence(view, headline["metric"]))
    asked = " ".join(filter(None, (missing_words(headline), differs, NOT_ITS_EFFECT)))
    st.markdown(asked, help=f"{ABOUT_CHANGE}  \n{explain_terms(f'{asked} {ABOUT_CHANGE}')}")
    if differs:
        page_parts.page_link("compare", "Compare →")
    indication_note(view)
    trend_panel(
        view, "responders_50_hours_24_72", "Do more patients halve their pain?", "with a score before and after"
    )
    points = trajectory_points(view, view_options.is_asked("later", LATER))
    page_parts.show_chart(
        view, "pain_trajectory", figure=pain_trajectory(points, theme), table=points, options=later_toggle
    )
    timepoint = timepoint_choice()
    left, right = st.columns(2)
    with left:
        rows = responder_rows(view, timepoint)
        page_parts.show_chart(
            view,
            f"responders_{timepoint}",
            figure=responder_bars(rows, theme),
            table=rows,
            note=beside_note(view, timepoint),
        )
    with right:
        figure, rows = pain_comparisons.bands_chart(view, timepoint, theme)
        page_parts.show_chart(view, f"by_band_{timepoint}", figure=figure, table=rows, by="baseline_band", note=MIND)
    pain_comparisons.change_panel(view)
    panels.figures_panel(view, BESIDE_PAIN, "beside_pain", [f"{name}_{timepoint}" for name in BESIDES])
    answered = questionnaire_figures(view, timepoint)
    if answered:
        panels.figures_panel(view, FUNCTION, "function", answered, ABOUT_FUNCTION)
    panels.chart_panel(view, CURVE, "relief_curve", lambda: relief_picture(view, theme))
    pain_comparisons.published_panel(view, theme)
    pain_comparisons.missing_panel(view, timepoint)
    moved_windows.moved_panel(view, timepoint)
    panels.how_counted([*(f"{name}_{timepoint}" for name in (*DEFINED, *BESIDES)), *answered])
    panels.what_we_tell(view, TOLD)


def questionnaire_figures(view: View, timepoint: str) -> list[str]:
    """Change and responders of each questionnaire that was answered before; none where no system sends any."""
    return [
        f"{name}_{figure}_{timepoint}"
        for name in QUESTIONNAIRES
        if view.figure(f"{name}_change_{timepoint}")["eligible"]
        for figure in ("change", "responders")
    ]


def answer_sentence(view: View) -> str:
    """The page's answer in one sentence, with n of N of those who were asked."""
    row = view.figure("responders_50_hours_24_72")
    if not row["recorded"]:
        pairs = view.figure("pain_change_hours_24_72")["recorded"]
        asked = (
            f"{phrases.count_procedures(pairs)} with pain asked before and at 24–72 hours, none of 4 or more before."
        )
        return asked if pairs else "No pain has been asked both before and at 24–72 hours yet."
    counts = phrases.count_of(row["numerator"], row["recorded"])
    if row["gate"] not in FIRM:
        could = phrases.range_words(row)
        anything = f"; with everyone asked it could be anything within {could}" if could else ""
        return f"{counts} of those asked had halved their pain within 24–72 hours{anything}."
    share = f"{phrases.value_words(row)}; 95 % interval {phrases.interval_words(row)}"
    return f"{counts} had halved their pain within 24–72 hours ({share})."


def missing_words(row: Row) -> str:
    """How many of those who count were asked; and how many more cannot be judged for want of a score before."""
    if not row["recorded"]:
        return ""
    asked = phrases.count_of(row["recorded"], row["eligible"])
    unknown = f"; {row['baseline_missing']:,} more had no score before" if row["baseline_missing"] else ""
    return f"Asked and answered: {asked} with pain of 4 or more before{unknown}."


def trajectory_points(view: View, later: bool) -> pd.DataFrame:
    """Mean pain at the baseline, the first timepoints and, if asked for, the later ones, with their labels."""
    labels = {
        name: label for name, label in read_timepoints().labels.items() if later or name in ("baseline", *FIRST_SHOWN)
    }
    return figures_table([view.figure(f"pain_score_{name}") for name in labels]).assign(label=list(labels.values()))


def relief_picture(view: View, theme: Theme) -> tuple[go.Figure, pd.DataFrame] | None:
    """How far pain fell at the first timepoints; None where no pair is recorded or too much is missing."""
    found = {
        read_timepoints().labels[name]: view.curve(f"pain_fall_{name}", FALLS).assign(
            label=read_timepoints().labels[name]
        )
        for name in FIRST_SHOWN
    }
    firm = {label: rows for label, rows in found.items() if rows["gate"].iloc[0] in FIRM}
    return (relief_curve(firm, theme), pd.concat(firm.values())) if firm else None


def later_toggle() -> None:
    """The chart's own choice: months later too."""
    st.toggle("Show later timepoints", **view_options.toggle_option("later", LATER))


def timepoint_choice() -> str:
    """Which timepoint the responder rates are shown for."""
    labels = read_timepoints().labels
    names = [window.name for window in read_timepoints().after]
    titles = {name: labels[name] for name in names}
    return view_options.pick_segment("timepoint", "pain_timepoint", usual=names[0], label="Timepoint", titles=titles)


def responder_rows(view: View, timepoint: str) -> pd.DataFrame:
    """The rates of relief at a timepoint; from one month on also of all who were treated."""
    names = dict(MEASURES)
    if timepoint not in FIRST_SHOWN:
        names["relieved_alive"] = "alive, not treated again, fell by 30 %"
    return figures_table([view.figure(f"{name}_{timepoint}") for name in names]).assign(label=list(names.values()))


def beside_note(view: View, timepoint: str) -> str:
    """What stands beside the rates: how many could not get worse, and how many are no better."""
    no_better = view.figure(f"no_better_{timepoint}")
    if not no_better["recorded"]:
        return ""
    return (
        f"Not lower by at least 1 point: {phrases.count_of(no_better['numerator'], no_better['recorded'])}. "
        "Pain that began above 8 cannot be higher by 2."
    )


def asking_facts(view: View) -> list[tuple[str, str]]:
    """How pain was asked, when in several ways; how old baselines are; how many scores lie strictly in the hours."""
    contexts = view.rows("procedures", by="baseline_context")
    known = [(row["group"], row["eligible"]) for row in contexts if row["group"] != "not_recorded"]
    facts = []
    if len(known) > 1:
        facts += [(f"asked before {phrases.value_label(name)}", f"{count:,}") for name, count in known]
        facts.append(("each patient's scores are compared within one way of asking", ""))
    for name, label in (
        ("baseline_older_than_7_days", "score before is older than 7 days"),
        (
            "strictly_within_24_72_hours",
            "score with a known time, strictly within 24 to 72 elapsed hours",
        ),
    ):
        row = view.figure(name)
        if row["recorded"]:
            facts.append((label, phrases.count_of(row["numerator"], row["recorded"])))
    return facts


def indication_note(view: View) -> None:
    """How many procedures were for an indication that the leaflets do not name, and one click to leave them out."""
    accepted = view.figure("accepted_indication")
    others = int(accepted["recorded"] - accepted["numerator"])
    if not others:
        return
    text = f"Contains {phrases.count_procedures(others)} for disc disease, which the leaflets do not name."
    known = [value for value in view.values("indication") if value != NOT_ACCEPTED]
    with st.container(horizontal=True, vertical_alignment="center", key="not_accepted"):
        st.caption(text, help=explain_terms(text), width="content")
        st.button(
            "Leave them out", on_click=choose_filter, args=("indication", known), type="tertiary", key="leave_out"
        )


def missing_facts(view: View, timepoint: str) -> list[tuple[str, str]]:
    """From all procedures to those with a pair of scores, step by step."""
    asked, paired = view.figure(f"recorded_{timepoint}"), view.figure(f"paired_{timepoint}")
    halved = view.figure(f"responders_50_{timepoint}")
    rows = [
        ("procedures", f"{asked['procedures']:,}"),
        ("window not over yet", f"{asked['excluded_not_due']:,}"),
        ("died by its end", f"{asked['excluded_died']:,}"),
        ("treated again by its end", f"{asked['excluded_retreated']:,}"),
        ("could be asked", f"{asked['eligible']:,}"),
        ("asked and answered", f"{asked['numerator']:,}"),
        ("also asked before", f"{paired['numerator']:,}"),
        ("no score before", f"{halved['baseline_missing']:,}"),
        ("score before below 4", f"{halved['baseline_below_4']:,}"),
    ]
    if could := phrases.range_words(halved):
        rows.append(("halved their pain, if every missing patient had said no – yes", could))
    return [*rows, *tipping_facts(halved), *asking_facts(view)]


if __name__ == "__main__":
    main()
