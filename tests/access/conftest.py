"""A department whose every text column holds a canary, served with one account for each role."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.home import Home
from tests.access.serving import Gated, gated
from tests.records import Records, loaded
from tests.signed_in import sign_off

PEOPLE = {
    "vera": ("viewer", None),
    "quentin": ("quality", None),
    "cora": ("coordinator", None),
    "leo": ("lead", None),
    "ada": ("admin", None),
    "otto": ("operator", None),
    "sid": ("lead", ["Riverside"]),
}


OWN_METRIC = """/*
topic = "levels"
title = "OUR-OWN-METRIC"
question = "What share is so?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "every procedure"
source = "Ours"
caveat = ""
version = 1
*/
select outcomes.procedure_id, outcomes.level_count > 1 as value
from outcomes
"""


def canary_records() -> Records:
    """Forty-four procedures at two sites, by two operators."""
    records = Records()
    for place in range(44):
        day = f"2026-0{1 + place % 4}-{10 + place % 15}"
        other = place % 3 == 0
        row = records.procedure(
            day,
            procedure_id=f"CANARY-PROCEDURE-{place}",
            patient_id=f"CANARY-PATIENT-{place}",
            site="Hillside" if other else "Riverside",
            operator="CANARY-OPERATOR-B" if other else "CANARY-OPERATOR-A",
        )
        records.score(row, f"{day}T09:00", 8, score_id=f"CANARY-SCORE-{place}")
    records.reach("2026-06-20")
    return records


@pytest.fixture(scope="package")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("canaries") / "home")
    loaded(home, canary_records())
    sign_off(home, "2026-04")
    own = home.settings / "metrics" / "own_canary.sql"
    own.parent.mkdir(parents=True)
    own.write_text(OWN_METRIC, encoding="utf-8")
    return home


@pytest.fixture(scope="package")
def app(canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    folder: Path = tmp_path_factory.mktemp("gated")
    with gated(folder, canaries, PEOPLE) as running:
        otto = running.accounts.find("otto")
        assert otto is not None
        running.accounts.save(replace(otto, operators=("CANARY-OPERATOR-A",)))
        yield running
