"""An ordinary department, delivered bit by bit, surprises nobody: not monthly, not weekly, not in any order."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import duckdb
import pytest

from etl.build.build import Build
from etl.build.deliveries.surprises import Surprise
from etl.demo import PROCEDURES_DEFAULT, SEED_DEFAULT, TIME_ZONE, synthetic_department
from etl.generations.file_archive import content_hash
from etl.generations.manifest import Delivery, Manifest
from etl.sources import read_source
from etl.sources.canonical import KINDS, Kind
from tests.records import quiet

DATED = {
    "procedures": "performed_on",
    "pain_scores": "measured_at",
    "complications": "occurred_on",
    "contacts": "happened_at",
}
MOST_MILD = 0.1


def by_month(day: date) -> str:
    return f"{day:%Y-%m}"


def by_week(day: date) -> str:
    return f"{day - timedelta(days=day.weekday()):%Y-%m-%d}"


def deliveries(procedures: int, seed: int, period: Callable[[date], str]) -> dict[str, list[tuple[Kind, bytes]]]:
    """Period → the files of its records; undated ones come last."""
    sent: dict[str, dict[str, list[dict[str, str]]]] = {}
    files = synthetic_department(procedures, seed)
    for kind in KINDS:
        for row in csv.DictReader(io.StringIO(files[f"{kind.name}.csv"])):
            day = row[DATED[kind.name]][:10]
            when = period(date.fromisoformat(day)) if day else "9999"
            sent.setdefault(when, {}).setdefault(kind.name, []).append(row)
    return {
        when: [(kind, written(kind, sent[when][kind.name])) for kind in KINDS if kind.name in sent[when]]
        for when in sorted(sent)
    }


def written(kind: Kind, rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, kind.all_columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def surprises_of(parts: list[list[tuple[Kind, bytes]]]) -> tuple[list[tuple[str, Surprise]], int]:
    """What is told of these deliveries in this order, and of how many. Judged at once: each only sees those before."""
    source = read_source("synthetic")
    manifest, contents = Manifest(), {}
    for number, files in enumerate(parts):
        received = (date(2026, 7, 1) + timedelta(days=number)).isoformat()
        for kind, content in files:
            sha256 = content_hash(content)
            contents[sha256] = content
            name = f"{kind.name}-{number:03}.csv"
            manifest = manifest.with_delivery(
                Delivery(
                    sequence=0,
                    sha256=sha256,
                    source=source.name,
                    mapping_sha256=source.sha256,
                    time_zone=TIME_ZONE,
                    received_at=f"{received}T06:00:00",
                    name=name,
                    folder="",
                )
            )
    new = {one.sequence for one in manifest.deliveries}
    with duckdb.connect(config={"threads": "2"}) as connection:
        build = Build(connection=connection)
        build.stage(manifest, new, contents.__getitem__, quiet)
        build.judge(new, True, False, quiet, accept_replaced=True, accept_surprises=True)
        names = {one.source_file_id: one.name for one in build.staged}
        told = [(names[number], one) for number, found in build.unlike.surprises.items() for one in found]
    return told, len(manifest.deliveries)


def assert_quiet(told: list[tuple[str, Surprise]], count: int) -> None:
    assert [one for one in told if one[1].severity == "grave"] == []
    assert len(told) <= MOST_MILD * count, told


def test_months_of_a_small_department_surprise_nobody() -> None:
    parts = deliveries(240, SEED_DEFAULT, by_month)
    assert_quiet(*surprises_of(list(parts.values())[:8]))


@pytest.mark.thorough
@pytest.mark.parametrize("period", [by_month, by_week])
@pytest.mark.parametrize("seed", [SEED_DEFAULT, 7, 8])
@pytest.mark.parametrize("procedures", [PROCEDURES_DEFAULT, 300, 5000])
def test_thirty_months_surprise_nobody(procedures: int, seed: int, period: Callable[[date], str]) -> None:
    assert_quiet(*surprises_of(list(deliveries(procedures, seed, period).values())))


@pytest.mark.thorough
@pytest.mark.parametrize("period", [by_month, by_week])
@pytest.mark.parametrize("seed", [SEED_DEFAULT, 7, 8])
def test_thirty_months_in_any_order_surprise_nobody(seed: int, period: Callable[[date], str]) -> None:
    parts = list(deliveries(PROCEDURES_DEFAULT, SEED_DEFAULT, period).values())
    Random(seed).shuffle(parts)
    assert_quiet(*surprises_of(parts))
