"""What a registry refuses: each in words, that shipment alone, and nothing of it stays."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.home import Home
from etl.registry.shipment_manifest import describe_file
from etl.registry.signature import public_text
from queries.warehouse import open_current
from tests.pooled import hospital_home, list_members, pool, seal_shipment, ship_home, signing_key

Spoil = Callable[[Path, Home, Path], object]


@pytest.fixture(scope="module")
def hospitals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    root = tmp_path_factory.mktemp("hospitals")
    return {site: hospital_home(root, site) for site in ("alpha", "beta")}


@pytest.fixture(scope="module")
def pooled(hospitals: dict[str, Home], tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A registry that has pooled a first shipment of alpha."""
    root = tmp_path_factory.mktemp("pooled")
    home = Home(root / "registry")
    list_members(home, "alpha", "beta")
    ship_home(hospitals["alpha"], root / "out", "alpha")
    assert pool(home, root / "out").returncode == 0
    return home


@pytest.fixture
def registry(pooled: Home, tmp_path: Path) -> Home:
    shutil.copytree(pooled.root, tmp_path / "registry")
    return Home(tmp_path / "registry")


def told(**changes: Any) -> Spoil:
    """A shipment whose manifest says something else, signed as it should be."""
    return lambda out, home, _: ship_home(home, out, "beta", **changes)


def altered(change: Callable[[Path], object]) -> Spoil:
    """A shipment that somebody changed on its way."""
    return lambda out, home, _: change(ship_home(home, out, "beta"))


def rewritten(table: str, sql: str, form: str = "parquet") -> Spoil:
    """A shipment with other rows in one table, its hash and its signature right."""

    def spoil(out: Path, home: Home, _: Path) -> None:
        folder = ship_home(home, out, "beta")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        path, other = folder / f"{table}.parquet", folder / "other"
        written = sql.format(rows=f"read_parquet('{path}')")
        rows = duckdb.execute(f"copy ({written}) to '{other}' (format {form})").fetchall()[0][0]
        other.rename(path)
        manifest["files"][path.name] = describe_file(path, rows).model_dump(mode="json")
        seal_shipment(folder, manifest, out, "beta")

    return spoil


def change_names(manifest: dict[str, Any]) -> None:
    manifest["files"]["../../patients.parquet"] = manifest["files"].pop("patients.parquet")


def cut_last_byte(folder: Path) -> None:
    path = folder / "procedures.parquet"
    path.write_bytes(path.read_bytes()[:-1])


def replace_by_link(folder: Path) -> None:
    path = folder / "procedures.parquet"
    shutil.move(path, folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def change_sequence(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"sequence":1', '"sequence":2'), encoding="utf-8")


REFUSALS: dict[str, tuple[Spoil, str]] = {
    "unknown site": (
        lambda out, home, _: ship_home(home, out, "gamma", key=signing_key("beta")),
        "its site is not among the members of this registry",
    ),
    "another's key": (
        lambda out, home, _: ship_home(home, out, "beta", key=signing_key("alpha")),
        "manifest.json is not signed with the key of beta",
    ),
    "changed manifest": (altered(change_sequence), "manifest.json is not signed with the key of beta"),
    "short signature": (
        altered(lambda folder: (folder / "manifest.sig").write_bytes(b"x")),
        "manifest.json is not signed with the key of beta",
    ),
    "no signature": (altered(lambda folder: (folder / "manifest.sig").unlink()), "manifest.sig is missing"),
    "no manifest": (altered(lambda folder: (folder / "manifest.json").unlink()), "manifest.json is missing"),
    "no JSON": (
        altered(lambda folder: (folder / "manifest.json").write_text("not JSON")),
        "manifest.json: is no JSON of a shipment",
    ),
    "endless JSON": (
        altered(lambda folder: (folder / "manifest.json").write_text("[" * 100_000)),
        "manifest.json: is no JSON of a shipment",
    ),
    "bad hash": (altered(cut_last_byte), "procedures.parquet: its hash is not the one in the manifest"),
    "missing file": (
        altered(lambda folder: (folder / "procedures.parquet").unlink()),
        "procedures.parquet is missing",
    ),
    "extra file": (
        altered(lambda folder: (folder / "names.csv").write_text("x")),
        "names.csv is not in the manifest",
    ),
    "a link": (altered(replace_by_link), "procedures.parquet cannot be read"),
    "path trick": (told(change=change_names), "manifest.json, files.../../patients.parquet"),
    "unlisted table": (
        told(change=lambda manifest: manifest["files"].pop("patients.parquet")),
        "manifest.json: does not list patients.parquet",
    ),
    "another schema": (told(schema_version=9), "schema_version: its tables are not of version"),
    "other timepoints": (told(timepoints="{}"), "its timepoints are not those of this registry"),
    "timepoints that are none": (told(timepoints="x"), "its timepoints are not those of this registry"),
    "other format": (told(format=2), "format: is of another form than this program reads"),
    "other product": (told(product="hip-outcomes"), "product: is of another product"),
    "an unknown key": (told(extra=1), "manifest.json, extra: is not as shipments say it"),
    "an unknown key that steers a terminal": (told(**{"\x1b[2J": 1}), "manifest.json, \\x1b[2J: is not"),
    "synthetic with real": (told(is_synthetic=True), "its records are synthetic, and the pool holds real ones"),
    "rows that are not there": (
        told(change=lambda manifest: manifest["files"]["patients.parquet"].update(rows=1)),
        "patients.parquet: has another number of rows than its manifest says",
    ),
    "no Parquet": (
        rewritten("patients", "from {rows}", "csv"),
        "its tables do not fit those of this version",
    ),
    "a column too many": (
        rewritten("patients", "select *, 'x' as Ann from {rows}"),
        "patients.parquet: has columns that its agreement keeps in the hospital: unknown ones.",
    ),
    "a column that stays": (
        rewritten("pain_scores", "select *, 'Ann' as label from {rows}"),
        "pain_scores.parquet: has columns that its agreement keeps in the hospital: label.",
    ),
    "another's name": (
        rewritten("outcomes", "select *, 'alpha' as site_key from {rows}"),
        "outcomes.parquet: has columns that its agreement keeps in the hospital: unknown ones.",
    ),
    "more than was agreed": (
        told(operators="drop"),
        "outcomes.parquet: has columns that its agreement keeps in the hospital: operator.",
    ),
    "days of deliveries": (
        told(dates="month"),
        "outcomes.parquet: has columns that its agreement keeps in the hospital: registration_delay_days.",
    ),
    "a value that is none": (
        rewritten("procedures", "select * replace ('magic' as technique) from {rows}"),
        "procedures.parquet: columns hold values that the dictionary does not have: technique.",
    ),
    "a number that is too large": (
        rewritten("outcomes", "select * replace (cast(300 as smallint) as level_count) from {rows}"),
        "outcomes.parquet: columns hold values that the dictionary does not have: level_count.",
    ),
    "a key that is none": (
        rewritten("patients", "select * replace ('CANARY-551' as patient_key) from {rows}"),
        "patients.parquet: columns hold values that the dictionary does not have: patient_key.",
    ),
    "text for a number": (
        rewritten("procedures", "select * replace ('many' as sequence_no) from {rows}"),
        "procedures.parquet: columns are not of the type that this version writes: sequence_no.",
    ),
    "a number with a fraction for a whole one": (
        rewritten("procedures", "select * replace (cast(sequence_no as double) + 0.4 as sequence_no) from {rows}"),
        "procedures.parquet: columns are not of the type that this version writes: sequence_no.",
    ),
    "text for a day": (
        rewritten("patients", "select * replace ('1999-01-01' as died_on) from {rows}"),
        "patients.parquet: columns are not of the type that this version writes: died_on.",
    ),
    "twice the same": (
        rewritten("outcomes", "from {rows} union all from {rows}"),
        "its tables contradict each other (one_outcome_per_procedure)",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_shipment_is_refused_in_words_and_nothing_of_it_stays(
    case: str, hospitals: dict[str, Home], registry: Home, tmp_path: Path
) -> None:
    spoil, words = REFUSALS[case]
    out = tmp_path / "out"
    spoil(out, hospitals["beta"], registry.root)
    ended = pool(registry, out)
    assert ended.returncode == 65, ended
    assert words in ended.stdout
    refused = next(line for line in ended.stdout.splitlines() if line.startswith("refused:"))
    assert refused.count(": ") >= 2 and ". " in refused, "where, what, and what to do"
    assert open_current(registry).rows("select distinct hospital from outcomes") == [("alpha",)]
    assert not [path for path in registry.sites.rglob("*") if path.is_file() and "alpha" not in str(path)]


def test_the_others_are_pooled(hospitals: dict[str, Home], registry: Home, tmp_path: Path) -> None:
    cut_last_byte(ship_home(hospitals["alpha"], tmp_path / "out", "alpha", sequence=2))
    ship_home(hospitals["beta"], tmp_path / "out", "beta")
    ended = pool(registry, tmp_path / "out")
    assert (ended.returncode, ended.stdout.count("refused: alpha/2-")) == (65, 1)
    assert "beta: shipment 1 (records) is pooled" in ended.stdout
    counted = "select hospital, count(*) from outcomes group by hospital order by hospital"
    assert open_current(registry).rows(counted) == [("alpha", 6), ("beta", 6)]


def test_procedures_of_another_are_refused(hospitals: dict[str, Home], registry: Home, tmp_path: Path) -> None:
    ship_home(hospitals["alpha"], tmp_path / "out", "beta")
    ended = pool(registry, tmp_path / "out")
    assert ended.returncode == 65
    assert "procedures of it are pooled already, as those of alpha" in ended.stdout


def test_a_home_that_reads_as_a_pattern_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "registry=1")
    list_members(home, "alpha")
    ended = pool(home, tmp_path)
    assert (ended.returncode, "one of the signs" in ended.stderr) == (2, True)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"until": "2020-01-01"}, "beta is no longer a member since 2020-01-01"),
        ({"since": '"2999-01-01"'}, "beta is not a member before 2999-01-01"),
    ],
)
def test_who_is_no_member_at_the_time_is_refused(
    days: dict[str, str], words: str, hospitals: dict[str, Home], registry: Home, tmp_path: Path
) -> None:
    list_members(registry, "beta", **days)
    ship_home(hospitals["beta"], tmp_path / "out", "beta")
    ended = pool(registry, tmp_path / "out")
    assert ended.returncode == 65
    assert words in ended.stdout


def test_an_older_number_and_the_same_number_twice_are_refused(
    hospitals: dict[str, Home], registry: Home, tmp_path: Path
) -> None:
    ship_home(hospitals["beta"], tmp_path / "second", "beta", sequence=2)
    assert pool(registry, tmp_path / "second").returncode == 0
    older = ship_home(hospitals["beta"], tmp_path / "first", "beta", sequence=1)
    ended = pool(registry, older)
    assert ended.returncode == 65
    assert "is older than shipment 2, which is pooled" in ended.stdout
    same = ship_home(hospitals["beta"], tmp_path / "other", "beta", sequence=2, generation="1" * 16)
    assert "another shipment with the number 2 is pooled" in pool(registry, same).stdout


def test_a_refused_newest_gives_way_to_the_one_before_it(
    hospitals: dict[str, Home], registry: Home, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ship_home(hospitals["beta"], out, "beta", sequence=1)
    cut_last_byte(ship_home(hospitals["beta"], out, "beta", sequence=2))
    ended = pool(registry, out / "beta")
    assert ended.returncode == 65
    assert "beta: shipment 1 (records) is pooled" in ended.stdout
    ended = pool(registry, out / "beta")
    assert (ended.returncode, ended.stdout.count("refused:")) == (65, 1)
    assert "nothing new" in ended.stdout


def test_the_next_key_is_believed_too(hospitals: dict[str, Home], registry: Home, tmp_path: Path) -> None:
    list_members(registry, "beta", next_key=f'"{public_text(signing_key("later"))}"')
    ship_home(hospitals["beta"], tmp_path / "out", "beta", key=signing_key("later"))
    ended = pool(registry, tmp_path / "out")
    assert ended.returncode == 0, ended
    assert "beta signed with its next_key" in ended.stdout
