"""The address says how a page is looked at, so that a link and the way back from a list show the same picture."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.links import view_options
from dashboard.links.drill_through import PARTS
from dashboard.links.filters import BACK, DATES, KEYS, LOOKS
from data.home import Home
from tests.app.pages import app, texts

pytestmark = pytest.mark.usefixtures("synthetic")


def drawn(at: AppTest) -> set[str]:
    assert not at.exception
    return {chart.proto.id.rsplit("plot_", 1)[-1] for chart in at.get("plotly_chart")}


def leading(at: AppTest, label: str) -> dict[str, list[str]]:
    """What the first link of that label asks for."""
    link = next(one for one in at.get("page_link") if one.proto.label == label)
    return parse_qs(link.proto.query_string)


def test_an_address_shows_a_page_as_it_was_looked_at() -> None:
    at = app("same_day_discharge", step="quarter", split="weekday", limits="3-sigma", open="nights")
    assert {"day_case_completed_by_quarter", "same_day_by_weekday", "nights"} <= drawn(at)
    assert at.toggle("classic_day_case_completed").value
    at = app("compare", between="period", figure="recorded_hours_24_72")
    assert "Asked and answered at 24–72 hours" in texts(at)


def test_what_a_reader_chooses_stands_in_the_address_until_it_is_usual_again() -> None:
    at = app("same_day_discharge")
    step = "step_day_case_completed"
    usual = at.button_group(step).value
    other = "quarter" if usual != "quarter" else "month"
    at.button_group(step).set_value(other).run()
    at.toggle("classic_day_case_completed").set_value(True).run()
    assert (at.query_params["step"], at.query_params["limits"]) == (other, "3-sigma")
    assert f"day_case_completed_by_{other}" in drawn(at)
    at.toggle("classic_day_case_completed").set_value(False).run()
    at.button_group(step).set_value(usual).run()
    assert "limits" not in at.query_params
    assert "step" not in at.query_params


@pytest.mark.parametrize("grace", [0.0, view_options.GRACE_SECONDS])
def test_a_click_before_the_browser_knows_the_new_address_keeps_the_choice(
    grace: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser still sends the address of before; later it means that somebody went back."""
    at = app("same_day_discharge")
    step = at.button_group("step_day_case_completed")
    other = "quarter" if step.value != "quarter" else "month"
    step.set_value(other).run()
    at.button_group("filter_site").set_value(["Northfield Clinic"]).run()
    monkeypatch.setattr(view_options, "GRACE_SECONDS", grace)
    del at.query_params["step"]
    del at.query_params["site"]
    at.run()
    assert (f"day_case_completed_by_{other}" in drawn(at)) == bool(grace)
    kept = {name: at.query_params[name] for name in ("step", "site") if name in at.query_params}
    assert kept == ({"step": other, "site": "Northfield Clinic"} if grace else {})


def test_an_unknown_look_is_left_out_with_a_notice() -> None:
    at = app("same_day_discharge", step="<b>century</b>")
    assert "left out: step" in texts(at)
    assert "century" not in texts(at)
    assert len(drawn(at)) > 2


def test_the_way_back_from_a_list_leads_to_the_picture_that_was_left() -> None:
    at = app("same_day_discharge", step="quarter", split="weekday", open="nights", site="Northfield Clinic")
    there = leading(at, "Procedures behind this →")
    assert (there["step"], there["split"], there["open"]) == (["quarter"], ["weekday"], ["nights"])
    at = app("procedures", **{name: values[0] for name, values in there.items()})
    back = leading(at, "← Back to the figure")
    wanted = {"step": ["quarter"], "split": ["weekday"], "open": ["nights"], "site": ["Northfield Clinic"]}
    assert back == wanted
    links = re.findall(r"href='([^']*procedure=[^']*)'", "".join(one.value for one in at.get("html")))
    assert wanted.items() <= parse_qs(urlsplit(unescape(links[0])).query).items()


def test_a_figure_with_filters_of_its_own_leads_back_to_those_of_its_page(synthetic: Home) -> None:
    assert synthetic.has_generation
    at = app("data_quality", site="Northfield Clinic", **{"from": "2025-01-01"})
    there = leading(at, "Procedures behind this →")
    assert there["technique"] == ["all"]
    assert "site" not in there
    at = app("procedures", **{name: values[0] for name, values in there.items()})
    assert "not understood" not in texts(at)
    back = leading(at, "← Back to the figure")
    assert back == {"site": ["Northfield Clinic"], "from": ["2025-01-01"]}


def test_names_in_an_address_mean_one_thing() -> None:
    names = [*KEYS, *DATES, *PARTS, *LOOKS, "back", "shown", "procedure", "month"]
    assert len(set(names)) == len(names)
    assert not any(name.startswith(BACK) for name in names)
    assert view_options.PLAIN.fullmatch("St. Mary’s (north)")
    assert not view_options.PLAIN.fullmatch("<script>")
