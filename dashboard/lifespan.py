"""What the server does besides answering: it warms up, follows what is published, and collects garbage."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio.to_thread
import streamlit as st

from dashboard import garbage, warm_up

# A start waits no longer than this for its first page; what is left is then made while readers come.
START_SECONDS = 10.0


@asynccontextmanager
async def server_lifespan(_: st.App) -> AsyncIterator[None]:
    """Open when the first page stands, and look after the process for as long as it runs."""
    garbage.take_charge()
    with suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            await warm_up.import_pages()
            await warm_up.show_first_page()
    tasks = [
        asyncio.create_task(_keep_warm(), name="warm-up"),
        asyncio.create_task(garbage.collect_regularly(), name="collection of garbage"),
    ]
    for task in tasks:
        task.add_done_callback(_report_end)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _keep_warm() -> None:
    shown = await warm_up.show_generation("")
    await anyio.to_thread.run_sync(garbage.set_aside)
    await warm_up.follow_generations(shown)


def _report_end(task: asyncio.Task[None]) -> None:
    """Say in the log that a task has ended by itself; the server goes on without it."""
    if not task.cancelled():
        logging.getLogger("streamlit").error("%s ended", task.get_name(), exc_info=task.exception())
