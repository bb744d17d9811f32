"""Python's collection of garbage, at a time of our choosing.

A full collection looks at every object of the process and holds all threads meanwhile; Streamlit would do one after
each script run (`[runner] postScriptGC`). Here what start and warm-up have made is set aside once, for good, and the
rest is collected once a minute, between script runs where there is a moment between them.
"""

import asyncio
import gc
import threading
import time

import anyio.to_thread

EVERY_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 10.0
LOOK_EVERY_SECONDS = 0.05
# How many new objects call for a collection of the young ones: a page makes tens of thousands, and nearly all of them
# go without any collection when it stands.
YOUNG, MIDDLE = 50_000, 10
# Python itself then never does a full one.
NEVER = 1_000_000_000
# What Streamlit calls the threads that run pages.
SCRIPT_THREAD = "ScriptRunner.scriptThread"


def take_charge() -> None:
    """From here on Python collects young objects only: full collections are ours."""
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


def set_aside() -> None:
    """Collect once and let no later collection look at what is left: modules, the warehouse, figures of the start."""
    gc.collect()
    gc.freeze()


async def collect_regularly() -> None:
    """Full collections for as long as the server runs; none after a time in which little was made."""
    made = _young_collections()
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        if _young_collections() == made:
            continue
        await _wait_for_a_moment()
        await anyio.to_thread.run_sync(gc.collect)
        made = _young_collections()


def _young_collections() -> int:
    return int(gc.get_stats()[0]["collections"])


async def _wait_for_a_moment() -> None:
    """Until no page is being made, but not for long: a busy server never has such a moment."""
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    while is_a_page_made() and time.monotonic() < until:
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def is_a_page_made() -> bool:
    """Whether a script runs at this moment."""
    return any(thread.name == SCRIPT_THREAD for thread in threading.enumerate())
