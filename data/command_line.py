"""How both command lines end: our errors as one line and an exit code, anything else as a bug with a reference."""

import errno
import logging
import sqlite3
import sys
from pathlib import Path
from typing import NoReturn

import duckdb
import typer

from data import bug_reports
from data.errors import ExitCode, OutcomesError
from data.home import department_home
from data.storage.storage_faults import find_storage_problem

# Of a path that the command was given, these are mistakes in the path; of any other they are ours.
PATH_ERRORS = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP}


def run_command(app: typer.Typer) -> NoReturn:
    """Run a command line to its end. A patient's value never reaches the screen: tracebacks go to a private file."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        app()
    except OutcomesError as error:
        _print_error(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.DONE)
    except (OSError, duckdb.Error, sqlite3.Error) as error:
        if find_storage_problem(error) is not None:
            _print_error(f"storage: {_storage_words(error)}. Free or open the disk and try again; nothing was changed.")
            sys.exit(ExitCode.STORAGE)
        if isinstance(error, OSError) and error.errno in PATH_ERRORS and _was_given(error.filename):
            _print_error(
                f"{error.filename}: {error.strerror}. Name a place that exists and is free; nothing was written there."
            )
            sys.exit(ExitCode.STORAGE)
        _report_bug()
    except Exception:  # noqa: BLE001 - the last line of defence: a bug must not print patients' values
        _report_bug()
    sys.exit(ExitCode.DISAGREEMENT)


def _was_given(name: object) -> bool:
    """Whether a path was given to the command, lies beside or in one that was, or in a home that is no folder."""
    if not isinstance(name, str):
        return False
    path, home = Path(name).absolute(), department_home().root.absolute()
    words = [word.rpartition("=")[2] for word in sys.argv[1:]]
    given = [Path(word).absolute() for word in words if word]
    return (path.is_relative_to(home) and not home.is_dir()) or any(
        path.is_relative_to(one) or one.is_relative_to(path) or path.parent == one.parent != Path.cwd() for one in given
    )


def _storage_words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} ({error.filename})" if error.filename else error.strerror
    return "the disk is full or closed to us"


def _report_bug() -> None:
    """Keep the traceback where only the owner can read it, and say where."""
    kept = bug_reports.keep_bug_report(sys.exception())
    _print_error(
        f"error {kept.reference}: this is a mistake in the program, not in your files. The details are in {kept.place}."
    )


def _print_error(words: str) -> None:
    print(words, file=sys.stderr)
