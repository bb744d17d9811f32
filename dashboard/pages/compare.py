"""Compare: operators, sites and periods beside each other; the own trend first, and no ranking."""

import streamlit as st

from dashboard import compare, layout, words
from dashboard.charts.comparison import funnel_chart
from dashboard.charts.over_time import over_time
from dashboard.charts.rates import rate_by_group
from dashboard.glossary import explain
from dashboard.session import current_view
from dashboard.trend import trend_of

view = current_view()
theme = layout.theme()
asked = compare.ask(view)
found = compare.compared(asked)
layout.answer(compare.answer(asked, found))
notes = " ".join(compare.notes(asked, found))
st.caption(words.plain(notes), help=explain(notes))

own = trend_of(asked.around, asked.metric)
figure = over_time(own.trend, "First: how does it change over time here?", "recorded", theme)
layout.chart(view, "compare_own_trend", figure, own.figures, own.trend.said, shows=asked.around.filters)

if len(found.units) > 1:
    title = f"Do {compare.UNITS[asked.by]} differ?"
    shown = compare.named(compare.leading(asked, found), asked.by)
    if shown.found is not None:
        figure = funnel_chart(shown.units, shown.found, shown.is_adjusted, title, theme)
    else:
        figure = rate_by_group(shown.units, shown.units["label"], title, "95 % intervals; in alphabetical order", theme)
    by = None if asked.by == "period" else asked.by
    layout.chart(asked.view, "compare_units", figure, shown.units, by=by, shows=compare.shows(asked, found))
    layout.text_table(compare.differences(shown))
    st.markdown(compare.LOOK_INTO_FIRST, help=explain(compare.LOOK_INTO_FIRST))
    if asked.by != "period":
        mix = compare.case_mix(asked, found.peers)
        layout.section("Who is treated (not adjusted)", *mix.columns, mix.to_string())
        layout.text_table(mix)
