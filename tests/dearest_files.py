"""The ten files of tests that cost most, at the end of a run.

Counted are CPU seconds of the test process and of the children it has waited for, over setup, call and teardown:
wall clock says nothing on a machine that others use too. A fixture of the session is counted for the file that asks
for it first.
"""

import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

SHOWN = 10


def spent_seconds() -> float:
    """CPU seconds that this process and its ended children have used so far."""
    return sum(os.times()[:4])


class DearestFiles:
    """Marks each report with its CPU seconds and adds them up by file; under xdist reports come from the workers."""

    def __init__(self) -> None:
        self.counted_until = 0.0
        self.by_file: Counter[str] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self) -> None:
        self.counted_until = spent_seconds()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        until = spent_seconds()
        report.cpu_seconds = until - self.counted_until
        self.counted_until = until
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.by_file[report.nodeid.split("::")[0]] += getattr(report, "cpu_seconds", 0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        shown = None if os.environ.get("OUTCOMES_ALL_FILES") else SHOWN
        terminalreporter.section(f"the dearest files, in CPU seconds; all together {sum(self.by_file.values()):.0f}")
        for file, seconds in self.by_file.most_common(shown):
            terminalreporter.write_line(f"{seconds:8.1f}  {Path(file)}")
