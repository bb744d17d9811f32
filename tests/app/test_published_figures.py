"""The department beside published and peer figures: the same population, or no chart."""

from pathlib import Path

import pytest

from tests.app.pages import app, texts

HEADER = "metric,study,date,population,treated_numerator,treated_denominator,source\n"


@pytest.mark.usefixtures("synthetic")
def test_discharge_stands_beside_published_and_peer_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    (tmp_path / "settings").mkdir()
    peers = "same_day_discharge,Peers of ours,2026-01,,412,530,Regional audit 2025\n"
    (tmp_path / "settings" / "benchmarks.csv").write_text(HEADER + peers, encoding="utf-8")
    shown = texts(app("same_day_discharge", open="published", span="all", sex="F"))
    assert "in each: osteoporotic; vertebroplasty, balloon kyphoplasty; what else is chosen above is left out" in shown
    assert "Int J Spine Surg 2023;17(4):579-586" in shown
    assert "Peers of ours: same definition. Regional audit 2025" in shown


@pytest.mark.usefixtures("synthetic")
def test_events_stand_beside_published_ones_only_where_patients_were_followed_up() -> None:
    shown = texts(app("safety", open="published", span="all"))
    assert "Died within 30 days: here" in shown
    assert "too little known to stand beside it" in shown


@pytest.mark.usefixtures("synthetic")
def test_where_nothing_published_agrees_there_is_no_panel() -> None:
    assert "Beside published and peer figures" not in [one.label for one in app("recovery").expander]
