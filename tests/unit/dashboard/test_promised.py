"""What we tell patients: each sentence beside its figure; what is not recorded says so; a new text is a step."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from dashboard.charts.trends.leaflet_trend import happened_over_time
from dashboard.text.theme import LIGHT
from dashboard.view import leaflet_sentences
from dashboard.view.leaflet_sentences import Told, earlier_versions, not_measured
from data.settings import Promise, Promises, read_promises
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import Row, headline_row, summarise
from tests.departments import outcome, random_department, warehouse_of

OLD = Promise(
    name="recovery", said="Recovery takes 3 to 5 hours", leaflet="B", metric="recovery_hours", from_hours=3, to_hours=5
)
NEW = OLD.model_copy(
    update={"said": "Recovery takes 4 to 6 hours", "from_hours": 4.0, "to_hours": 6.0, "since": date(2026, 3, 1)}
)


def share(yes: int, recorded: int, folder: Path) -> Row:
    rows = [outcome(place, discharge_day=int(place > yes), disposition="home") for place in range(1, recorded + 1)]
    return headline_row(warehouse_of(folder / f"{yes}.duckdb", rows), read_catalogue()["same_day_discharge"])


@pytest.mark.parametrize(
    ("yes", "said"), [(30, ("yes", "")), (10, ("no", "")), (20, ("cannot be said", "a half is in the interval"))]
)
def test_most_needs_the_whole_interval_on_one_side(yes: int, said: tuple[str, str], tmp_path: Path) -> None:
    assert leaflet_sentences.most_holds(share(yes, 40, tmp_path)) == said


def test_most_is_not_judged_when_too_little_is_known(tmp_path: Path) -> None:
    assert leaflet_sentences.most_holds(share(5, 5, tmp_path)) == ("cannot be said", "too few")


def test_a_sentence_without_a_share_to_judge_it_by_is_neither_held_nor_broken(tmp_path: Path) -> None:
    row = share(30, 40, tmp_path)
    found = [Told((OLD,), row), Told((OLD,), row, judged=row), Told((OLD,), None)]
    assert [one.verdict[0] for one in found] == ["cannot be said", "yes", "not measured"]
    assert leaflet_sentences.answer_sentence(found) == (
        "1 of 3 sentences hold; none does not; 1 cannot be said; 1 not measured here."
    )


def test_the_share_not_measured_stands_beside_it(tmp_path: Path) -> None:
    rows = [outcome(place, discharge_day=0 if place <= 30 else None) for place in range(1, 41)]
    row = headline_row(warehouse_of(tmp_path / "g.duckdb", rows), read_catalogue()["same_day_discharge"])
    assert not_measured(Told((OLD,), row)) == "not recorded: 10 of 40 (25 %)"


def test_versions_of_a_sentence_are_kept_in_order() -> None:
    versions = Promises(promise=(NEW, OLD)).versions["recovery"]
    assert versions == (OLD, NEW)
    assert earlier_versions(Told(versions, None)) == ["Until 1 March 2026: “Recovery takes 3 to 5 hours”"]


def test_a_changed_text_is_a_step_on_its_chart(tmp_path: Path) -> None:
    outcomes, pains = random_department(3, 120)
    warehouse = warehouse_of(tmp_path / "g.duckdb", outcomes, pains)
    table = summarise(warehouse, read_catalogue()["recovery_hours"], period="quarter")
    since = table["period_start"].iloc[len(table) // 2]
    figure = happened_over_time(table, (OLD, NEW.model_copy(update={"since": since})), LIGHT)
    bands = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(band.y0, band.y1) for band in bands] == [(3, 5), (4, 6)]
    assert bands[0].x1 == bands[1].x0 == since
    assert [shape.x0 for shape in figure.layout.shapes if shape.type == "line"] == [since]
    assert f"The text changed on {since:%-d %B %Y}." in figure.layout.meta["alt"]


def test_nothing_recorded_can_be_drawn(tmp_path: Path) -> None:
    table = summarise(
        warehouse_of(tmp_path / "g.duckdb", [outcome(1)]), read_catalogue()["stay_hours"], period="quarter"
    )
    assert happened_over_time(table, (OLD,), LIGHT).layout.meta["alt"] == "Nothing recorded."
    assert happened_over_time(pd.DataFrame(table.iloc[:0]), (OLD,), LIGHT).to_json()


def test_every_sentence_says_what_shows_it_or_why_nothing_does() -> None:
    assert len(read_promises().versions) == 32
    for versions in read_promises().versions.values():
        assert all(version.metric or version.not_measured for version in versions)
