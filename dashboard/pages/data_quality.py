"""Data quality: what the files held, which checks failed, and what to do about it."""

import streamlit as st

from dashboard import layout, quality, quality_at_sites
from dashboard.charts.volumes import records_by_month
from dashboard.session import current_view
from queries.filters import EVERYTHING

view = current_view()
if view.reader.sites is not None:
    quality_at_sites.show(view)
    st.stop()

theme = layout.theme()
found = quality.read(view)
layout.answer(quality.answer(found))
layout.sentence(quality.ABOUT)

advice = quality.advice(found)
layout.section("What to do", *(f"{what} {step}" for what, step in advice))
for what, step in advice:
    st.markdown(f"- **{what}.** {step}")
if not advice:
    st.write("Nothing: no check failed and no row was rejected.")

for column, kind in zip(st.columns(2), ("procedures", "pain_scores"), strict=True):
    with column:
        months = quality.months(found, kind)
        figure = records_by_month(months, quality.KIND_TITLES[kind], theme)
        layout.chart(view, f"{kind}_by_month", figure, months, shows=EVERYTHING)

for category, title in quality.CATEGORY_TITLES.items():
    shown = quality.checks_html(found.checks, category, theme)
    layout.section(title, shown)
    st.html(shown)

st.subheader("Files", anchor=False)
layout.text_table(quality.file_table(found))
layout.facts(quality.sender_facts(view))
if (rules := st.expander("Rows that broke a rule", key="quality_rules", on_change="rerun")).open:
    with rules:
        layout.text_table(quality.finding_table(found))
if (months := st.expander("Files by month", key="quality_months", on_change="rerun")).open:
    months.dataframe(quality.month_table(view), hide_index=True, height=400)
delays = quality.delay_facts(view)
layout.section("How long until records arrive", *(name for name, _ in delays))
layout.facts(delays)
st.subheader("Latest loads", anchor=False)
layout.facts(quality.load_facts(view))
