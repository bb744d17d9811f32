"""The one family of errors that people see: where, what, what to do. Never a patient's value."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command answers to the shell."""

    DONE = 0
    DISAGREEMENT = 1
    USAGE = 2
    FILE_REFUSED = 65
    NO_GENERATION = 69
    STORAGE = 74
    BUSY = 75


class OutcomesError(Exception):
    """A problem that a person can mend.

    `where` names file, line and column or setting; `what` says what is wrong; `remedy` says what to do.
    """

    exit_code = ExitCode.DISAGREEMENT

    def __init__(self, where: str, what: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}. {remedy}")
        self.where = where
        self.what = what
        self.remedy = remedy


class UsageProblem(OutcomesError):
    """The command, a setting or a file of ours cannot be understood."""

    exit_code = ExitCode.USAGE


class FileRefused(OutcomesError):
    """A delivered file cannot be taken in as a whole."""

    exit_code = ExitCode.FILE_REFUSED


class NoGeneration(OutcomesError):
    """There is no warehouse to read."""

    exit_code = ExitCode.NO_GENERATION


class StorageProblem(OutcomesError):
    """The disk is full, missing, or closed to us."""

    exit_code = ExitCode.STORAGE


class Busy(OutcomesError):
    """Another load is running."""

    exit_code = ExitCode.BUSY
