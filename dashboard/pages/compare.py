"""Compare: operators, sites and periods beside each other; the own trend first, and no ranking."""

import streamlit as st

from dashboard import compare
from dashboard.charts.funnel import funnel_chart
from dashboard.charts.rates import rate_by_group
from dashboard.charts.trends.over_time import over_time
from dashboard.text import phrases
from dashboard.text.glossary import explain
from dashboard.view.reader_view import current_view
from dashboard.view.view_trends import trend_of
from dashboard.widgets import page_parts

view = current_view()
theme = page_parts.theme()
asked = compare.ask(view)
found = compare.compared(asked)
page_parts.answer(compare.answer(asked, found))
notes = " ".join(compare.notes(asked, found))
st.caption(phrases.plain(notes), help=explain(notes))

own = trend_of(asked.around, asked.metric)
figure = over_time(own.trend, "First: how does it change over time here?", "recorded", theme)
page_parts.chart(view, "compare_own_trend", figure, own.figures, own.trend.said, shows=asked.around.filters)

if len(found.units) > 1:
    title = f"Do {compare.UNITS[asked.by]} differ?"
    shown = compare.named(compare.leading(asked, found), asked.by)
    if shown.found is not None:
        figure = funnel_chart(shown.units, shown.found, shown.is_adjusted, title, theme)
    else:
        figure = rate_by_group(shown.units, shown.units["label"], title, "95 % intervals; in alphabetical order", theme)
    by = None if asked.by == "period" else asked.by
    page_parts.chart(asked.view, "compare_units", figure, shown.units, by=by, shows=compare.shows(asked, found))
    page_parts.text_table(compare.differences(shown))
    st.markdown(compare.LOOK_INTO_FIRST, help=explain(compare.LOOK_INTO_FIRST))
    if asked.by != "period":
        mix = compare.case_mix(asked, found.peers)
        page_parts.section("Who is treated (not adjusted)", *mix.columns, mix.to_string())
        page_parts.text_table(mix)
