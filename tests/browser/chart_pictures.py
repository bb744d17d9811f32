"""Pictures of the charts that a page shows only on demand, drawn on the synthetic department (`make screenshots`)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from playwright.sync_api import Browser

from dashboard.charts.funnel import funnel_chart
from dashboard.charts.trends.over_time import over_time
from dashboard.charts.trends.rare_events import cases_between, cusum_chart, days_between
from dashboard.text.theme import LIGHT, Theme
from queries.catalogue.filters import EVERYTHING
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.periods import Step
from queries.figures.summarise import headline_row, summarise
from queries.statistics import cusum, funnel
from queries.trends.case_sequences import cases_in_order
from queries.trends.trend import RuleSet, Trend, make_trend
from queries.warehouse import Warehouse

SEED = 20261124
WIDTH = 760


def charts(warehouse: Warehouse, theme: Theme = LIGHT) -> Iterator[tuple[str, go.Figure]]:
    """Each chart under a name."""

    def over(metric: str, step: Step, rules: RuleSet = "limits") -> Trend:
        one = read_catalogue()[metric]
        figures = summarise(warehouse, one, filters=EVERYTHING, by=None, period=step)
        return make_trend(figures, one, step=step, gate=headline_row(warehouse, one)["gate"], rebases=(), rules=rules)

    discharge, title = "day_case_completed", "Are more day cases going home the same day?"
    day_cases = over(discharge, "month")
    yield "exact_limits", over_time(day_cases, title, noun="day cases", theme=theme)
    yield "three_sigma", over_time(day_cases, f"{title} (3-sigma limits)", noun="day cases", theme=theme, classic=True)
    marked = over(discharge, "month", "making_data_count")
    yield "making_data_count", over_time(marked, f"{title} (Making Data Count)", noun="day cases", theme=theme)
    yield (
        "blocks_of_ten",
        over_time(over(discharge, "block"), f"{title} (blocks of ten)", noun="day cases", theme=theme),
    )
    hours, fall = over("recovery_hours", "month"), over("pain_change_hours_24_72", "month")
    yield "run_of_medians", over_time(hours, "How long until ready to go home?", noun="times", theme=theme)
    yield "means", over_time(fall, "How far does pain fall?", noun="pairs", theme=theme)
    back = over("returned_within_7_days", "month")
    yield "small_shares", over_time(back, "Do more come back within 7 days?", noun="discharged alive", theme=theme)
    cases = cases_in_order(warehouse, read_catalogue()["serious_or_death_30_days"], EVERYTHING)
    yield "cases_between", cases_between(cases.gaps, cases.since_last, theme)
    yield "days_between", days_between(cases.day_gaps, cases.days_since_last, theme)
    found = cusum.bernoulli(cases.events, 0.02)
    yield (
        "cusum",
        cusum_chart(
            found, cases.days, limit=3.5, subtitle="Watched against 2 %", told="Both arms.", theme=theme, has_lower=True
        ),
    )
    chance = np.random.default_rng(SEED)
    n = chance.integers(15, 160, 12)
    x = chance.binomial(n, np.where(np.arange(12) == 3, 0.35, 0.7))
    units = pd.DataFrame({"label": [f"Unit {place + 1}" for place in range(12)], "numerator": x, "recorded": n})
    yield "funnel", funnel_chart(units, funnel.proportion(x, n), False, "Do units differ? (made-up units)", theme)


def take_pictures(browser: Browser, warehouse: Warehouse, folder: Path, theme: Theme = LIGHT) -> list[Path]:
    """One PNG a chart."""
    taken = []
    page = browser.new_page(viewport={"width": WIDTH, "height": 520})
    for name, figure in charts(warehouse, theme):
        meta = figure.layout.meta
        body = figure.to_html(include_plotlyjs=True, full_html=False, config={"displayModeBar": False})
        page.set_content(
            f"<body style='font-family:sans-serif;background:{theme.paper};color:{theme.ink};margin:16px'>"
            f"<b>{meta['title']}</b><p style='color:{theme.faint};font-size:14px'>{meta['subtitle']}</p>{body}"
            f"<p style='font-size:14px'>{meta['alt']}</p></body>"
        )
        page.wait_for_selector(".main-svg")
        page.wait_for_timeout(300)
        path = folder / f"chart-{name}.png"
        page.screenshot(path=path, full_page=True)
        taken.append(path)
    page.close()
    return taken
