"""How often fields are filled, by site and month, against the year before."""

from datetime import date

import pytest

from dashboard.pages.data_quality.field_completeness import Filled, field_table, read_completeness
from dashboard.view.reader_view import open_view
from data.field_dictionary import Field, field_of
from data.home import Home
from queries.catalogue.filters import Filters
from tests.app.pages import app, texts
from tests.records import Records, loaded


def known_field(name: str) -> Field:
    found = field_of("procedures", name)
    assert found is not None
    return found


@pytest.fixture
def filled(home: Home, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Filled]:
    """Imaging is sent until May 2025 at both sites, and from then on at one of them alone."""
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    for month in [*(date(2024, one, 1) for one in range(6, 13)), *(date(2025, one, 1) for one in range(1, 13))]:
        for day in (5, 6, 7):
            for site in ("Riverside", "Northfield"):
                sent = site == "Riverside" or month < date(2025, 6, 1)
                day0, known = f"{month.replace(day=day)}", {"imaged_on": f"{month}"} if sent else {"technique": "robot"}
                row = records.procedure(day0, site=site, **known)
                records.score(row, f"{day0}T08:00", 7, opioids="yes")
    for month in range(1, 6):
        records.procedure(f"2026-{month:02}-10", site="Riverside", imaged_on="2026-01-01")
    records.procedure("2026-05-31", site="Elsewhere")
    loaded(home, records)
    return {(one.field.name, one.site): one for one in read_completeness(open_view(Filters()))}


def test_a_field_is_told_that_fell_against_the_same_sites_last_year(filled: dict[tuple[str, str], Filled]) -> None:
    lost = filled["imaged_on", "Northfield"]
    assert (lost.now, lost.before, lost.fell) == ((0, 21), (36, 36), True)
    assert lost.words == "Imaging at Northfield: 0 %, 100 % a year before"
    kept = filled["imaged_on", "Riverside"]
    assert (kept.now, kept.before, kept.fell) == ((26, 26), (36, 36), False)
    assert filled["opioids", "Northfield"].now == (21, 21)
    # A value that nobody knows is not filled, an event that did not happen is no gap, and what nobody sends no field.
    assert (filled["technique", "Northfield"].now, filled["technique", "Northfield"].fell) == ((0, 21), True)
    assert not {name for name, _ in filled} & {"readmitted_on", "delay_reason", "cement_ml", "mri_oedema"}
    table = field_table([lost])
    assert list(table.iloc[0]) == [
        "Imaging", "Northfield", "0 % (0 of 21)", "100 %", "◆ less than a year before", "Jun 2025: 0 of 3",
    ]  # fmt: skip


@pytest.mark.usefixtures("filled")
def test_the_page_tells_it() -> None:
    shown = texts(app("data_quality", open="fields"))
    assert "Imaging at Northfield: 0 %, 100 % a year before" in shown
