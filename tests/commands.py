"""The commands, run inside the test process: all of what `python -m etl` does but the start of an interpreter.

A start and its imports take longer than most commands. Tests of kills, limits and locks start a real process.
"""

import io
import logging
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

import typer

from dashboard.__main__ import app as dashboard_app
from data.command_line import run_command
from etl.__main__ import app as etl_app


@dataclass(frozen=True)
class Ended:
    """How a command ended, in the words of `subprocess.CompletedProcess`."""

    returncode: int
    stdout: str
    stderr: str


def run_etl(*arguments: str, stdin: str = "", **environment: str) -> Ended:
    """`python -m etl ARGUMENTS`, with these environment variables on top."""
    return _run(etl_app, arguments, stdin, environment)


def run_dashboard(*arguments: str, stdin: str = "", **environment: str) -> Ended:
    """`python -m dashboard ARGUMENTS`, with these environment variables on top."""
    return _run(dashboard_app, arguments, stdin, environment)


def _run(app: typer.Typer, arguments: tuple[str, ...], stdin: str, environment: dict[str, str]) -> Ended:
    out, err = io.StringIO(), io.StringIO()
    root = logging.getLogger()
    # A command sets logging up only where nothing has: here pytest has.
    handlers, level = root.handlers, root.level
    root.handlers = []
    try:
        with (
            redirect_stdout(out),
            redirect_stderr(err),
            patch.dict(os.environ, environment),
            patch.object(sys, "argv", ["command", *arguments]),
            patch.object(sys, "stdin", io.StringIO(stdin)),
        ):
            run_command(app)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        root.handlers = handlers
        root.setLevel(level)
    return Ended(code, out.getvalue(), err.getvalue())
