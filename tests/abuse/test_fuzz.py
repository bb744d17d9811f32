"""Damaged files and settings by chance: each is taken or refused in words. A seed that broke something is kept here."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import OutcomesError
from data.home import Home
from etl.load import check_files
from etl.sources import read_source, validate_source
from etl.sources.language.layers import FOLDER
from tests.grids import sample
from tests.records import Records, quiet, terms

# In seconds; whole by `make abuse`.
SHORT, WHOLE = 3, 300
# Seeds that once broke something: they are tried first, for ever.
KEPT_SEEDS: tuple[int, ...] = (20267483, 20271534, 20261208)
TOKENS = (
    b"\x00", b"\xff\xfe", b'"', b'""', b"\r", b"\n\n", b",,,,", b"[[", b"]]", b" = ", b"{", b"}", b"'''", b"1e999",
    b"-0", b"9" * 400, b"NaN", b"\xe2\x80\xae", b"=1+1", b"../../etc/passwd", b"2026-99-99", b"\xf0\x9f\xa6\xb4",
    b"true", b"[file]\n", b"extends = 'x'\n", b"0x7fffffffffffffff", b"PK\x03\x04", b"<!ENTITY x 'y'>",
)  # fmt: skip


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The same bytes after a few accidents: cut, doubled, moved, flipped, something put in."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        if not made:
            break
        start = chance.randrange(len(made))
        stop = min(len(made), start + chance.choice((1, 4, 40, 400)))
        accident = chance.randrange(6)
        if accident == 0:
            del made[start:stop]
        elif accident == 1:
            made[start:start] = made[start:stop]
        elif accident == 2:
            made[start] ^= 1 << chance.randrange(8)
        elif accident == 3:
            made[start:start] = chance.choice(TOKENS)
        elif accident == 4:
            piece = bytes(made[start:stop])
            del made[start:stop]
            place = chance.randrange(len(made) + 1)
            made[place:place] = piece
        else:
            del made[start:]
    return bytes(made)


def seeds(seconds: float) -> "list[int] | object":
    yield from KEPT_SEEDS
    until, seed = time.monotonic() + seconds, 20261129
    while time.monotonic() < until:
        yield seed
        seed += 1


def try_all(seconds: float, content: bytes, read: Callable[[bytes], object]) -> int:
    """Read damaged copies for so long; gives how many were tried."""
    tried = 0
    for seed in seeds(seconds):
        tried += 1
        try:
            read(damaged(content, random.Random(seed)))
        except OutcomesError as told:
            assert str(told).strip(), seed
        except BaseException as error:
            error.add_note(f"keep the seed {seed}")
            raise
    return tried


@pytest.mark.parametrize("seconds", [SHORT, pytest.param(WHOLE, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("name", sample(["us_ehr_csv", "uk_audit_xlsx", "redcap", "fhir_bulk"]))
def test_a_damaged_source_is_a_source_or_a_usage_problem(name: str, seconds: float) -> None:
    content = (FOLDER / f"{name}.toml").read_bytes()
    assert try_all(seconds, content, lambda made: validate_source(made, "fuzzed", "fuzzed.toml")) > 20


@pytest.mark.parametrize("seconds", [SHORT, pytest.param(WHOLE, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("source", sample(["canonical", "redcap", "fhir_bulk"]))
def test_a_damaged_delivery_is_taken_or_refused_in_words(
    source: str, seconds: float, home: Home, tmp_path: Path
) -> None:
    records = Records()
    for place in range(6):
        row = records.procedure(f"2026-01-{10 + place}")
        records.score(row, f"{row['performed_on']}T09:00", 8)
    whole = (records.write(tmp_path / "in") / "procedures.csv").read_bytes()
    if source == "fhir_bulk":
        whole = (
            b'{"resourceType": "Procedure", "id": "p1", "status": "completed", "subject": {"reference": "Patient/1"},'
            b' "performedDateTime": "2026-01-10T10:00:00Z", "code": {"coding": [{"code": "22510"}]}}\n' * 4
        )
    assert read_source(source)
    place = tmp_path / ("procedures.csv" if source != "fhir_bulk" else "Procedure.ndjson")

    def check(made: bytes) -> object:
        place.write_bytes(made)
        return check_files(home, [place], terms(source), quiet)

    assert try_all(seconds, whole, check) > 0
    assert not home.root.exists(), "a check wrote something"
