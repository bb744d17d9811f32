"""The pool's figures are those of one load of all hospitals' files: for every metric, key and month."""

import csv
import io
import math
from collections.abc import Iterator
from itertools import product
from unittest.mock import patch

import pytest

from data.home import Home
from etl.demo import RECEIVED_AT, TIME_ZONE, synthetic_department
from queries.catalogue.filters import HOSPITAL, KEYS
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import Row, figure_rows
from queries.warehouse import Warehouse, open_current
from tests.commands import run_etl
from tests.pooled import pool
from tests.records import take

PROCEDURES = 150
SITES = ("alpha", "beta", "gamma")
AGREED = ('what = "records"', 'dates = "day"', 'age = "years"', 'operators = "pseudonym"')
# Told by the pool in its own words.
NAMED_ANEW = ("generation", "group")
METRICS = read_catalogue()
SPLITS = (None, *(key for key in KEYS if key != HOSPITAL))
GRID = list(product(METRICS, SPLITS, (None, "month")))
SAMPLE = [
    *((name, None, None) for name in list(METRICS)[::3]),
    *((name, key, None) for name, key in zip(list(METRICS)[1::4], SPLITS * 9, strict=False)),
    *((name, None, "month") for name in list(METRICS)[2::9]),
    ("responders_50_hours_24_72", "site", "month"),
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Warehouse]]:
    """The pool of three hospitals, and one generation of the files of all three: each a sender of its own there."""
    root = tmp_path_factory.mktemp("registry")
    registry, whole = Home(root / "registry"), Home(root / "whole")
    members = []
    (whole.root / "sources").mkdir(parents=True)
    with patch.dict("os.environ", {"OUTCOMES_HOME": str(whole.root)}):
        for place, site in enumerate(SITES):
            (root / "sent" / site).mkdir(parents=True)
            for name, text in synthetic_department(PROCEDURES, 20 + place).items():
                path = root / "sent" / site / name
                path.write_text(own_operators(text, site), encoding="utf-8", newline="")
            (whole.root / "sources" / f"{site}.toml").write_text('extends = "synthetic"', encoding="utf-8")
            take(whole, root / "sent" / site, source=site, zone=TIME_ZONE, received_at=RECEIVED_AT)
    for site in SITES:
        home = Home(root / site)
        with patch.dict("os.environ", {"OUTCOMES_HOME": str(home.root)}):
            take(home, root / "sent" / site, source="synthetic", zone=TIME_ZONE, received_at=RECEIVED_AT)
            home.settings.mkdir()
            agreement = "\n".join([f'site_key = "{site}"', *AGREED])
            (home.settings / "registry.toml").write_text(agreement, encoding="utf-8")
            key = run_etl("ship", "--new-key").stdout.strip()
            assert run_etl("ship", "--to", str(root / "out")).returncode == 0
        members.append(f'[[member]]\nkey = "{site}"\npublic_key = "{key}"\n')
    registry.settings.mkdir(parents=True)
    registry.members.write_text("".join(members), encoding="utf-8")
    ended = pool(registry, root / "out")
    assert ended.returncode == 0, ended
    yield open_current(registry), open_current(whole)


def own_operators(text: str, site: str) -> str:
    """The file with operators whom no other hospital has."""
    header, *rows = csv.reader(io.StringIO(text))
    written = io.StringIO(newline="")
    place = header.index("operator") if "operator" in header else None
    for row in rows:
        if place is not None and row[place]:
            row[place] += f" of {site}"
    csv.writer(written, lineterminator="\n").writerows([header, *rows])
    return written.getvalue()


def comparable(rows: list[Row], by: str | None) -> list[tuple[object, ...]]:
    """Figures without what is named anew; operators, who have codes in the pool, in the order of what they have."""
    kept = []
    for row in rows:
        group = None if by == "operator" else row["group"]
        cells = [round(one, 8) if isinstance(one, float) else one
                 for name, one in row.items() if name not in NAMED_ANEW]  # fmt: skip
        kept.append((group, *("nan" if isinstance(one, float) and math.isnan(one) else one for one in cells)))
    return sorted(kept, key=str)


def assert_alike(both: tuple[Warehouse, Warehouse], name: str, by: str | None, period: str | None) -> None:
    pooled, whole = (comparable(figure_rows(one, METRICS[name], by=by, period=period), by) for one in both)
    assert pooled == whole


def can_split(name: str, by: str | None) -> bool:
    return by is None or METRICS[name].kind != "category"


@pytest.mark.parametrize(("name", "by", "period"), [one for one in SAMPLE if can_split(*one[:2])])
def test_figures_of_the_pool_are_those_of_all_files(
    both: tuple[Warehouse, Warehouse], name: str, by: str | None, period: str | None
) -> None:
    assert_alike(both, name, by, period)


@pytest.mark.thorough
@pytest.mark.parametrize("name", METRICS)
def test_every_figure_of_the_pool_is_that_of_all_files(both: tuple[Warehouse, Warehouse], name: str) -> None:
    for metric, by, period in GRID:
        if metric == name and can_split(name, by):
            assert_alike(both, name, by, period)


def test_a_hospital_in_the_pool_is_the_hospital_itself(both: tuple[Warehouse, Warehouse]) -> None:
    pooled, whole = both
    for name in list(METRICS)[::5]:
        if METRICS[name].kind != "category":
            groups = {row["group"]: row["eligible"] for row in figure_rows(pooled, METRICS[name], by=HOSPITAL)}
            assert set(groups) == set(SITES)
            assert sum(groups.values()) == figure_rows(whole, METRICS[name])[0]["eligible"]
