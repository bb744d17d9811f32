"""Generation after generation in one process: what was removed is closed, and threads and open files do not grow."""

import gc
import shutil
from itertools import count
from pathlib import Path

import pytest

from dashboard.view import open_generations, reader_view
from data.home import Home
from queries.catalogue.filters import Filters
from queries.warehouse import NoGeneration
from tests.records import Records, take

TASKS_MAX = 256
# One thread each, and what opens and closes meanwhile.
SPARE = 6


def threads() -> int:
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def open_files() -> list[str]:
    """Warehouse files that this process holds open, removed ones with the kernel's mark."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(entry.readlink()))
        except OSError:
            continue
    return [name for name in found if "gen-" in name]


@pytest.fixture
def read(home: Home, tmp_path: Path):
    """Publish a copy under a new name, remove the oldest as a load does, and read figures of it."""
    if not Path("/proc/self/task").is_dir():
        pytest.skip("this system does not tell of threads and open files")
    records = Records()
    for place in range(5):
        records.procedure(f"2026-01-{10 + place}")
    take(home, records.write(tmp_path / "in"))
    (first,) = home.generations.glob("gen-*.duckdb")
    numbers = count()

    def read_next() -> str:
        number = next(numbers)
        path = home.generations / f"gen-20300101T{number:012}-{number:016x}.duckdb"
        shutil.copy(first, path)
        for old in sorted(home.generations.glob("gen-2030*"))[:-5]:
            old.unlink()
        for by in (None, "site", "sex"):
            assert reader_view._figure_rows(str(path), "same_day_discharge", Filters(), by, None)
        reader_view._count_extent(str(path), Filters.of({"sex": ["F"]}))
        return str(path)

    yield read_next
    open_generations._openings.drop_where(lambda _: True)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="this system does not tell of threads")
@pytest.mark.parametrize("generations", [30, pytest.param(200, marks=pytest.mark.thorough)])
def test_threads_and_open_files_stay_within_a_bound(generations: int, read) -> None:
    for _ in range(open_generations.OPEN_GENERATIONS + 1):
        read()
    gc.collect()
    full = threads()
    most = full
    for _ in range(generations):
        read()
        most = max(most, threads())
    gc.collect()
    assert most <= full + SPARE < TASKS_MAX
    assert len(open_files()) <= open_generations.OPEN_GENERATIONS + 1


def test_a_removed_generation_is_closed_after_a_while(read, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [read() for _ in range(6)]
    open_generations.close_removed_generations()
    assert any("(deleted)" in name for name in open_files()), "nothing removed was open to begin with"
    monkeypatch.setattr(open_generations, "LET_GO_SECONDS", 0.0)
    open_generations.close_removed_generations()
    gc.collect()
    assert not [name for name in open_files() if "(deleted)" in name]
    assert open_generations.open_warehouse(paths[-1]).rows("select 1") == [(1,)]
    with pytest.raises(NoGeneration):
        open_generations.open_warehouse(paths[0])
