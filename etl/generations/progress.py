"""Progress of long work: a moving line on a terminal, log lines otherwise. On stderr."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

logger = logging.getLogger("etl")


@contextmanager
def progress_on_stderr() -> Iterator[Callable[[str], None]]:
    """Give a function that takes the name of each step as it begins."""
    if not sys.stderr.isatty():
        yield logger.info
        return
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda step: progress.update(task, description=step)
