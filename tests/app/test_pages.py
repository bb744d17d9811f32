"""Pages through Streamlit's own test runner: each renders with data, without, with little, and with each filter."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import plotly.graph_objects as go
import pytest

from dashboard.contents import OTHER_PAGES, OWN_PAGES, PAGES, REGISTRY_PAGES
from dashboard.links.page_files import page_files
from dashboard.widgets.page_bar import WITHOUT_CHOICE
from data.home import Home
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import headline_row
from queries.warehouse import open_current
from tests.app.pages import NAMES, app, texts
from tests.grids import sample
from tests.records import Records, loaded, take

TITLES = dict(PAGES)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """Real homes with hardly anything in them, that pages only read."""
    refused, bare, few, many = (Records() for _ in range(4))
    refused.procedure("not a date")
    # Only what a procedure cannot do without: every other cell is empty.
    bare.procedures.append({"procedure_id": "P1", "patient_id": "N1", "performed_on": "2026-01-12"})
    for records, size in ((few, 1), (many, 12)):
        for _ in range(size):
            row = records.procedure("2026-01-12")
            records.score(row, "2026-01-12T09:00", 8)
            records.score(row, "2026-01-14T09:00", 3)
    made = {}
    for name, records in (("refused", refused), ("bare", bare), ("1", few), ("12", many)):
        folder = tmp_path_factory.mktemp(name)
        made[name] = Home(folder / "home")
        take(made[name], records.write(folder / "in"), accept_rejects=True)
        assert made[name].has_generation
    return made


@pytest.fixture
def served(homes: dict[str, Home], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Serve one of the homes to this computer."""

    def serve(name: str) -> None:
        monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
        monkeypatch.setenv("OUTCOMES_HOME", str(homes[name].root))

    return serve


@pytest.mark.usefixtures("synthetic")
@pytest.mark.parametrize("page", NAMES)
def test_every_page_renders_under_its_own_heading(page: str) -> None:
    at = app(page)
    assert not at.exception
    assert [title.value for title in at.title] == [TITLES[page]]
    assert "Data to 30 June 2026 · generation" in texts(at)
    assert "Synthetic data" in texts(at)
    for chart in at.get("plotly_chart"):
        sent = json.loads(chart.proto.spec)
        assert json.loads(go.Figure(sent).to_json()) == sent, "plotly would change this chart when it checks it"


@pytest.mark.parametrize("page", sample(NAMES, 2))
def test_before_the_first_load_every_page_says_what_to_do(page: str) -> None:
    at = app(page)
    assert not at.exception
    assert at.title[0].value == "Nothing has been loaded yet"
    assert any("python -m etl demo" in code.value for code in at.code)


@pytest.mark.parametrize("page", sample(NAMES, 2))
def test_a_warehouse_without_procedures_says_so(page: str, served: Callable[[str], None]) -> None:
    served("refused")
    at = app(page)
    assert not at.exception
    assert "No procedures" in [header.value for header in at.header]


@pytest.mark.usefixtures("synthetic")
@pytest.mark.parametrize("page", sample([name for name in NAMES if name not in WITHOUT_CHOICE], 3))
def test_filters_that_leave_nobody_say_so_and_show_no_rate(page: str) -> None:
    at = app(page, **{"from": "2030-01-01"})
    assert not at.exception
    assert "No procedures match these filters" in texts(at)
    assert "0 %" not in texts(at)


@pytest.mark.parametrize("page", sample(NAMES, 3))
@pytest.mark.parametrize("count", [1, 12])
def test_one_month_of_data_is_enough_to_render(page: str, count: int, served: Callable[[str], None]) -> None:
    served(str(count))
    at = app(page)
    assert not at.exception
    assert "Synthetic data" not in texts(at)
    if (page, count) == ("same_day_discharge", 1):
        assert "1 of 1 so far: too few to tell how it goes over time." in texts(at)


@pytest.mark.parametrize("page", sample(NAMES, 2))
def test_a_bare_record_renders(page: str, served: Callable[[str], None]) -> None:
    served("bare")
    at = app(page)
    assert not at.exception
    assert not at.error


CHOICES = [
    {"site": "Northfield Clinic"}, {"operator": "F. Bianchi"}, {"technique": "all"}, {"setting": "outpatient"},
    {"levels": "4+"}, {"indication": "disc_disease"}, {"age_band": "90+"}, {"from": "2026-01-01"},
    {"region": "several", "sex": "men", "baseline_band": "4-to-under-7", "sedation": "local"},
    {"asa_class": "3", "start_hour": "after 14", "weekday": "Friday", "to": "2026-01-01"},
]  # fmt: skip
FILTERED = ["overview", "pain_relief", "levels_treated", "recovery", "same_day_discharge"]


def grid() -> Iterator[object]:
    """Every page with every choice; at every run each choice once, on one page after the other."""
    for row, page in enumerate(FILTERED):
        for column, query in enumerate(CHOICES):
            marks = () if column % len(FILTERED) == row else pytest.mark.thorough
            yield pytest.param(page, query, marks=marks, id=f"{page}-{query}")


@pytest.mark.usefixtures("synthetic")
@pytest.mark.parametrize(("page", "query"), sample(list(grid()), 3))
def test_every_page_renders_with_every_filter(page: str, query: dict[str, str]) -> None:
    assert not app(page, **query).exception


def test_the_address_decides_what_is_counted(synthetic: Home) -> None:
    warehouse = open_current(synthetic)
    filters = Filters.of({"site": ["Northfield Clinic"], "levels": ["1"]}, date(2025, 1, 1))
    wanted = headline_row(warehouse, read_catalogue()["procedures"], filters)["eligible"]
    at = app(site="Northfield Clinic", levels="1", technique="all", **{"from": "2025-01-01"})
    shown = "Northfield Clinic, 1 vertebra, all techniques, January 2025 – June 2026"
    assert f"{shown}: {wanted} procedures in " in texts(at)


@pytest.mark.usefixtures("synthetic")
def test_an_unknown_value_in_the_address_is_left_out_with_a_notice() -> None:
    at = app(site="Nowhere Hospital")
    assert not at.exception
    assert "left out: site" in texts(at)
    assert "Nowhere" not in texts(at)


@pytest.mark.usefixtures("synthetic")
def test_clear_all_goes_back_to_the_first_view() -> None:
    at = app(site="Northfield Clinic")
    at.button("clear_filters").click().run()
    assert "Both sites, vertebroplasty, July 2025 – June 2026: " in texts(at)


@pytest.mark.usefixtures("synthetic")
def test_other_techniques_are_one_click_away() -> None:
    at = app(span="all")
    at.button("show_all_techniques").click().run()
    assert "Both sites, all techniques, January 2024 – June 2026: 260 procedures in " in texts(at)


@pytest.mark.usefixtures("synthetic")
def test_indications_that_the_leaflets_do_not_name_can_be_left_out() -> None:
    at = app("pain_relief", technique="all")
    assert "for disc disease" in texts(at)
    at.button("leave_out").click().run()
    assert not at.exception
    assert "for disc disease" not in texts(at)


def test_the_cards_show_what_the_catalogue_computes(synthetic: Home) -> None:
    warehouse = open_current(synthetic)
    at = app(technique="all", span="all")
    cards = "\n".join(one.value for one in at.get("html"))
    halved = headline_row(warehouse, read_catalogue()["responders_50_hours_24_72"])
    home = headline_row(warehouse, read_catalogue()["day_case_completed"])
    assert f"{halved['numerator']} of {halved['recorded']}" in cards
    assert f"{home['numerator']} of {home['recorded']}" in cards
    assert f"{home['value']:.0f} %" in cards


def test_each_sentence_stands_beside_its_figure(synthetic: Home) -> None:
    warehouse = open_current(synthetic)
    shown = texts(app("what_we_tell_patients", technique="all", span="all"))
    for name in ("day_case_completed", "responders_50_hours_24_72", "accepted_indication"):
        row = headline_row(warehouse, read_catalogue()[name])
        assert f"{row['value']:.0f} % ({row['numerator']:,} of {row['recorded']:,}; " in shown, name
    called = headline_row(warehouse, read_catalogue()["pre_call_24_48_hours"])
    assert f"done for {called['numerator']} of {called['recorded']} recorded" in shown
    assert "there is no comparison group" in shown


def test_what_a_department_does_not_record_is_said(served: Callable[[str], None]) -> None:
    served("bare")
    assert "Not recorded by this department: none of " in texts(app("what_we_tell_patients"))


def test_real_records_are_not_served_without_a_choice(home: Home) -> None:
    records = Records()
    records.procedure()
    loaded(home, records)
    at = app()
    assert "OUTCOMES_ACCESS=this-computer" in texts(at)
    assert "1 procedure" not in texts(at)


def test_a_broken_warehouse_is_a_plain_message(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    records.procedure()
    loaded(home, records)
    path = home.generations / home.current.read_text(encoding="utf-8").strip()
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:5000])
    at = app()
    assert not at.exception
    assert "python -m etl rebuild" in texts(at)


def test_a_page_that_cannot_be_shown_has_a_heading_still(home: Home) -> None:
    home.generations.mkdir(parents=True)
    home.current.write_text("gen-gone.duckdb\n", encoding="utf-8")
    at = app()
    assert [one.value for one in at.title] == ["Vertebroplasty outcomes"]
    assert len(at.error) == 1


def test_a_lost_pointer_does_not_show_the_synthetic_department(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    records.procedure()
    loaded(home, records)
    loaded(Home(tmp_path / "demo"), records)
    home.current.unlink()
    at = app()
    assert not at.exception
    assert "the pointer to the generation in service is gone" in texts(at)


def test_a_new_generation_is_shown_at_the_next_run(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    records.procedure()
    loaded(home, records)
    at = app(span="all")
    assert ": 1 procedure in 1 patient." in texts(at)
    more = Records()
    for _ in range(3):
        more.procedure("2026-02-12")
    take(home, more.write(tmp_path / "more"))
    assert ": 3 procedures in " in texts(at.run())


@pytest.mark.usefixtures("synthetic")
def test_methods_shows_every_metric_of_a_topic_with_its_sql() -> None:
    at = app("methods")
    assert not at.exception
    labels = [expander.label for expander in at.expander]
    assert "Pain halved at each timepoint" in labels


@pytest.mark.usefixtures("synthetic")
@pytest.mark.parametrize("page", ["pain_relief", "levels_treated", "recovery", "same_day_discharge"])
def test_every_chart_has_its_table_and_its_file(page: str) -> None:
    at = app(page)
    keys = {chart.proto.id.rsplit("plot_", 1)[-1] for chart in at.get("plotly_chart")}
    downloads = {link.key.removeprefix("download_") for link in at.get("link_button") if link.key}
    assert len(keys) == len(at.get("plotly_chart")) > 0
    assert keys <= downloads


def test_pages_are_the_files_of_the_folder() -> None:
    assert set(page_files()) == {*NAMES, *dict(OTHER_PAGES), *dict(OWN_PAGES), *dict(REGISTRY_PAGES)}
