"""The second implementation agrees with every figure of a department, and one changed cell does not pass."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from dashboard.exports.bundle.bundle import export_bundle
from dashboard.exports.bundle.order import Order, Profile
from dashboard.exports.reconcile.audit import audit_bundle
from dashboard.exports.reconcile.bundle_files import read_bundle
from data.errors import UsageProblem
from data.home import PROJECT, SAMPLE, Home
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.explain.table_extracts import procedure_ids
from queries.warehouse import Warehouse, open_current
from tests.commands import Ended, run_dashboard
from tests.grids import sample
from tests.records import take


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("department") / "home")
    assert not take(home, *sorted(SAMPLE.glob("*.csv")), received_at="2026-09-01T12:00:00").refused
    return home


@pytest.fixture(scope="module")
def warehouse(home: Home) -> Warehouse:
    return open_current(home)


@pytest.fixture(scope="module")
def bundle_of(home: Home, warehouse: Warehouse) -> Callable[[Profile], Path]:
    """The bundle of a profile, made when it is first asked for."""
    return cache(
        lambda profile: export_bundle(home, warehouse, order=Order(profile=profile, recipient="x"), author="me").path
    )


@pytest.fixture(scope="module")
def limited(bundle_of: Callable[[Profile], Path]) -> Path:
    return bundle_of(Profile.LIMITED)


@pytest.mark.parametrize("profile", sample([Profile.LIMITED, Profile.INTERNAL, Profile.SAFE_HARBOR]))
def test_every_figure_is_recomputed_and_agrees(profile: Profile, bundle_of: Callable[[Profile], Path]) -> None:
    done = audit_bundle(read_bundle(bundle_of(profile)))
    assert done.agrees, [(one.metric, one.differences) for one in done.metrics if one.differences] + done.problems
    left_out = {words.split(":")[0] for words in done.not_recomputed}
    assert {one.metric for one in done.metrics} | left_out >= set(read_catalogue())
    assert all(one.figures and one.answers == 60 for one in done.metrics)
    if profile == Profile.SAFE_HARBOR:
        assert left_out >= {"registration_delay_days", "figures by group and period"}
    else:
        assert max(one.figures for one in done.metrics) > 50


@pytest.mark.thorough
def test_a_choice_and_a_bar_are_recomputed_too(home: Home, warehouse: Warehouse) -> None:
    chosen = Order(profile=Profile.LIMITED, filters=Filters.of({"setting": ["outpatient"]}))
    assert audit_bundle(read_bundle(export_bundle(home, warehouse, order=chosen, author="me").path)).agrees
    bar = Order(profile=Profile.LIMITED, selected=tuple(procedure_ids(warehouse)[:5]), selected_as="a bar")
    done = audit_bundle(read_bundle(export_bundle(home, warehouse, order=bar, author="me").path))
    assert done.agrees
    assert any("no choice of filters" in words for words in done.not_recomputed)


def changed(bundle: Path, out: Path, name: str, change: Callable[[str], str], with_manifest: bool) -> Path:
    """The bundle with one cell of one file changed; with the manifest made to fit, as a forger would."""
    with zipfile.ZipFile(bundle) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    text = files[name].decode()
    files[name] = change(text).encode()
    assert files[name].decode() != text
    if with_manifest:
        manifest = json.loads(files["manifest.json"])
        manifest["files"][name]["sha256"] = hashlib.sha256(files[name]).hexdigest()
        files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(out, "w") as archive:
        for one, content in files.items():
            archive.writestr(one, content)
    return out


def cell(column: str, of: str | None, value: str) -> Callable[[str], str]:
    """Change the first cell of a column that holds `of`; None = the first cell that is not empty."""

    def change(text: str) -> str:
        lines = text.split("\n")
        place = lines[0].split(",").index(column)
        for number, line in enumerate(lines[1:], start=1):
            cells = line.split(",")
            if len(cells) > place and cells[place] and of in (None, cells[place]):
                cells[place] = value
                lines[number] = ",".join(cells)
                return "\n".join(lines)
        raise AssertionError((column, of))

    return change


CHANGES = [
    ("outcomes.csv", cell("discharge_day", "0", "1")),
    ("outcomes.csv", cell("setting", '"outpatient"', '"transferred"')),
    ("pain_outcomes.csv", cell("score", "2", "9")),
    ("pain_scores.csv", cell("score", None, "0")),
    ("metric_values.csv", cell("status", '"yes"', '"no"')),
    ("figures.csv", cell("recorded", "60", "59")),
    ("treated_levels.csv", cell("vertebra", '"L1"', '"L2"')),
    ("definitions.csv", cell("metric", '"same_day_discharge"', '"same_day"')),
    ("definitions.csv", cell("version", "1", "2")),
    ("exclusions.csv", cell("exclusion", '"not_due"', '"died"')),
    ("exclusions.csv", cell("metric", None, '"procedures"')),
    ("figures.csv", cell("metric", '"same_day_discharge"', '"same_day"')),
    ("figures.csv", cell("unit", '"%"', '"h"')),
    ("figures.csv", cell("as_of", None, "2020-01-01")),
    ("figures.csv", cell("generation", None, '"0123456789abcdef"')),
    ("score_assignments.csv", cell("reason", '"used"', '"not_nearest"')),
    ("score_assignments.csv", cell("timepoint", '"baseline"', '"later"')),
]
# At every run one change of each file: an audit computes the whole bundle anew.
FIRST_OF_FILE = {name: place for place, (name, _) in reversed(list(enumerate(CHANGES)))}.values()


@pytest.mark.parametrize(
    ("name", "change"),
    sample(
        [
            pytest.param(*one, marks=() if place in FIRST_OF_FILE else pytest.mark.thorough)
            for place, one in enumerate(CHANGES)
        ],
        2,
    ),
)
def test_one_changed_cell_is_found(name: str, change: Callable[[str], str], limited: Path, tmp_path: Path) -> None:
    plain = read_bundle(changed(limited, tmp_path / "plain.zip", name, change, with_manifest=False))
    assert any(f"{name}: is not as it was written" in words for words in plain.problems)
    forged = audit_bundle(read_bundle(changed(limited, tmp_path / "forged.zip", name, change, with_manifest=True)))
    assert not any("sha256" in words for words in forged.problems)
    assert not forged.agrees


def test_by_command(limited: Path, tmp_path: Path) -> None:
    def run(path: Path) -> Ended:
        return run_dashboard("reconcile", str(path))

    agreed = run(limited)
    assert agreed.returncode == 0, agreed.stdout[-2000:] + agreed.stderr
    assert "agrees  same_day_discharge: 60 answers" in agreed.stdout
    forged = changed(limited, tmp_path / "f.zip", "figures.csv", cell("recorded", "60", "59"), True)
    differs = run(forged)
    assert differs.returncode == 1
    assert "DIFFERS" in differs.stdout
    (tmp_path / "no.zip").write_text("no")
    assert run(tmp_path / "no.zip").returncode == 2
    with pytest.raises(UsageProblem, match="not a bundle"):
        read_bundle(tmp_path / "missing.zip")


def test_the_second_implementation_shares_no_query() -> None:
    for path in (PROJECT / "dashboard" / "reconcile").glob("*.py"):
        imported = [
            line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(("from", "import"))
        ]
        assert not [line for line in imported if "queries" in line and "data.errors" not in line], path.name
