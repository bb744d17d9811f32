"""Garbage is collected by the server, away from script runs: Streamlit's own way stops every reader after each run."""

import asyncio
import gc
import threading
import tomllib
import weakref
from collections.abc import Iterator

import pytest

from dashboard import garbage
from data.home import PROJECT
from tests.event_loops import run_alone


class Ring:
    """An object that only a collection can remove: it holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def collector_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(garbage, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(garbage, "LONGEST_WAIT_SECONDS", 0.2)
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def leave_ring() -> weakref.ref[Ring]:
    """Garbage as a page leaves it: old enough that only a full collection removes it."""
    ring = Ring()
    gc.collect(1)
    return weakref.ref(ring)


async def collect_for(seconds: float, ring: weakref.ref[Ring]) -> bool:
    """Let our collection run until the ring is gone, at most for this time; whether it is gone."""
    task = asyncio.create_task(garbage.collect_regularly())
    await asyncio.sleep(0)
    gc.collect(0)
    try:
        async with asyncio.timeout(seconds):
            while ring() is not None:
                await asyncio.sleep(0.01)
    except TimeoutError:
        return False
    finally:
        task.cancel()
    return True


def test_streamlit_does_not_collect_after_each_run() -> None:
    config = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["runner"]["postScriptGC"] is False


def test_python_does_no_full_collection_by_itself() -> None:
    garbage.take_charge()
    assert gc.get_threshold()[2] >= 10**9


def test_what_start_and_warm_up_made_is_not_looked_at_again() -> None:
    kept = Ring()
    garbage.set_aside()
    assert gc.get_freeze_count() > 0
    assert not any(one is kept for one in gc.get_objects())


def test_garbage_of_a_page_is_collected() -> None:
    garbage.take_charge()
    assert run_alone(collect_for(20, leave_ring()))


def test_nothing_is_collected_while_a_page_is_made_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "LONGEST_WAIT_SECONDS", 60)
    garbage.take_charge()
    is_made = threading.Event()
    page = threading.Thread(target=is_made.wait, name=garbage.SCRIPT_THREAD)
    page.start()
    try:
        ring = leave_ring()
        assert not run_alone(collect_for(0.3, ring))
        monkeypatch.setattr(garbage, "LONGEST_WAIT_SECONDS", 0.1)
        assert run_alone(collect_for(20, ring))
    finally:
        is_made.set()
        page.join()


def test_a_server_that_nobody_reads_collects_nothing() -> None:
    garbage.take_charge()
    before = gc.get_stats()[2]["collections"]

    async def wait_idly() -> None:
        task = asyncio.create_task(garbage.collect_regularly())
        await asyncio.sleep(0.2)
        task.cancel()

    run_alone(wait_idly())
    assert gc.get_stats()[2]["collections"] == before
