"""Data quality: what the files held, which checks failed, and what to do about it."""

import streamlit as st

from dashboard import quality
from dashboard.charts.trends.volumes import records_by_month
from dashboard.pages.data_quality import site_quality
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts
from queries.catalogue.filters import EVERYTHING

view = current_view()
if view.reader.sites is not None:
    site_quality.show(view)
    st.stop()

theme = page_parts.theme()
found = quality.read(view)
page_parts.answer(quality.answer(found))
page_parts.sentence(quality.ABOUT)

advice = quality.advice(found)
page_parts.section("What to do", *(f"{what} {step}" for what, step in advice))
for what, step in advice:
    st.markdown(f"- **{what}.** {step}")
if not advice:
    st.write("Nothing: no check failed and no row was rejected.")

for column, kind in zip(st.columns(2), ("procedures", "pain_scores"), strict=True):
    with column:
        months = quality.months(found, kind)
        figure = records_by_month(months, quality.KIND_TITLES[kind], theme)
        page_parts.chart(view, f"{kind}_by_month", figure, months, shows=EVERYTHING)

for category, title in quality.CATEGORY_TITLES.items():
    shown = quality.checks_html(found.checks, category, theme)
    page_parts.section(title, shown)
    st.html(shown)

st.subheader("Files", anchor=False)
page_parts.text_table(quality.file_table(found))
page_parts.facts(quality.sender_facts(view))
if (rules := st.expander("Rows that broke a rule", key="quality_rules", on_change="rerun")).open:
    with rules:
        page_parts.text_table(quality.finding_table(found))
if (months := st.expander("Files by month", key="quality_months", on_change="rerun")).open:
    months.dataframe(quality.month_table(view), hide_index=True, height=400)
delays = quality.delay_facts(view)
page_parts.section("How long until records arrive", *(name for name, _ in delays))
page_parts.facts(delays)
st.subheader("Latest loads", anchor=False)
page_parts.facts(quality.load_facts(view))
