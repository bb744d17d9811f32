"""Where a sender links a kind of record to a register, everyone is followed up for the figures of that kind alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.exports.bundle.bundle import export_bundle
from dashboard.exports.bundle.order import Order, Profile
from dashboard.exports.reconcile.audit import audit_bundle
from dashboard.exports.reconcile.bundle_files import read_bundle
from data.home import Home
from etl.operations.status import read_status
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import Row, summarise
from queries.warehouse import Warehouse, open_current
from tests.grids import sample
from tests.records import Records, take

LINKED_TO = {
    "deaths": {"died_30_days"},
    "readmissions": {"readmitted_30_days", "readmitted_30_days_of_discharge"},
    "complications": {
        "any_complication",
        "complication_kinds",
        "leak_without_symptoms",
        "leaks_per_100_vertebrae",
        "serious_complication",
        "symptomatic_leak",
        "new_fracture_12_months",
        "new_fracture_cumulative_incidence_12_months",
    },
    "new_fractures": {"new_fracture_12_months", "new_fracture_cumulative_incidence_12_months"},
}
Load = Callable[..., Warehouse]
EVENTS = {name for name, metric in read_catalogue().items() if metric.followed_by}


def silent_records() -> Records:
    """Sixteen procedures of two years ago; of one patient something was known later, one died, two had a fracture."""
    records = Records()
    rows = [records.procedure(f"2024-01-{day:02}") for day in range(8, 24)]
    rows[0]["died_on"] = "2024-02-01"
    rows[1]["readmitted_on"] = "2024-01-20"
    records.complication(rows[2], "2024-01-11", "infection", severity="D")
    for row in rows[3:5]:
        records.complication(row, "2024-06-03", "new_fracture")
    records.contact(rows[5], "2025-01-02T09:00", "follow_up_visit", "attended")
    records.reach("2026-05-04")
    return records


@pytest.fixture
def load_as(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    folder = silent_records().write(tmp_path / "in")

    def load_with(folder: Path = folder, **linked: str) -> Warehouse:
        text = "\n".join(f'{kind} = "{heard}"' for kind, heard in linked.items())
        (home.root / "sources").mkdir(parents=True, exist_ok=True)
        (home.root / "sources" / "ward.toml").write_text(f'title = "Ward"\nextends = "canonical"\n{text}\n')
        result = take(home, folder, source="ward")
        assert not result.refused, [str(one.error) for one in result.refused]
        return open_current(home)

    return load_with


def figures_of(warehouse: Warehouse) -> dict[str, Row]:
    return {name: summarise(warehouse, read_catalogue()[name]).iloc[0].to_dict() for name in EVENTS}


@pytest.mark.parametrize("kind", sample(LINKED_TO, 2))
def test_everyone_is_followed_up_for_the_figures_of_what_is_linked(kind: str, load_as: Load, home: Home) -> None:
    figures = figures_of(load_as(**{kind: "linked"}))
    for name, figure in figures.items():
        known = (figure["followed_up"], figure["followed_up_of"], figure["gate"])
        if name in LINKED_TO[kind]:
            assert known == (16, 16, "plain"), name
            # A mean per vertebra has no numerator; none of the sixteen had a leak.
            assert figure["value"] == pytest.approx(100 * (figure["numerator"] or 0) / 16), name
        else:
            assert known == (2, 16, "bounds_only"), name
    assert read_status(home)["senders"] == [
        {"source": "ward", "deaths": None}
        | {kind: "linked"}
        | ({"new_fractures": "linked"} if kind == "complications" else {})
    ]


@pytest.mark.parametrize(("heard", "answered"), [("linked", 16), ("noted", 0)])
def test_before_the_first_death_a_register_has_heard_of_none(
    heard: str, answered: int, load_as: Load, tmp_path: Path
) -> None:
    records = silent_records()
    for row in records.procedures:
        row.pop("died_on", None)
        row.pop("readmitted_on", None)
    figures = figures_of(load_as(records.write(tmp_path / "nobody"), deaths=heard, readmissions=heard))
    for name in ("died_30_days", "readmitted_30_days"):
        assert (figures[name]["recorded"], figures[name]["numerator"] or 0) == (answered, 0), name


def test_serious_events_need_both_of_their_kinds(load_as: Load) -> None:
    figures = figures_of(load_as(deaths="linked", complications="linked", new_fractures="noted", readmissions="noted"))
    followed = {name for name, figure in figures.items() if figure["followed_up"] == figure["followed_up_of"]}
    fractures = LINKED_TO["new_fractures"]
    assert followed == {"died_30_days", "serious_or_death_30_days"} | (LINKED_TO["complications"] - fractures)


@pytest.mark.thorough
@pytest.mark.parametrize("profile", sample([Profile.INTERNAL, Profile.SAFE_HARBOR]))
def test_a_bundle_is_recomputed_with_what_is_linked(profile: Profile, load_as: Load, home: Home) -> None:
    warehouse = load_as(deaths="linked", complications="linked")
    order = Order(profile=profile, recipient="A" if profile == Profile.SAFE_HARBOR else None)
    done = audit_bundle(read_bundle(export_bundle(home, warehouse, order=order, author="me").path))
    assert (done.problems, done.agrees) == ([], True), [one.differences for one in done.metrics if one.differences]
