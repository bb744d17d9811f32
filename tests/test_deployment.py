"""The units of docs/deployment: closed as far as they can be, and read by systemd without a complaint."""

import shutil
import subprocess
from pathlib import Path

import pytest

from data.home import PROJECT

UNITS = sorted((PROJECT / "docs" / "deployment").glob("*.service"))
NEEDED = (
    "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
    "IPAddressDeny=any", "CapabilityBoundingSet=", "LimitCORE=0", "MemoryMax=", "TasksMax=",
    "SystemCallErrorNumber=EPERM",
)  # fmt: skip
MOST_EXPOSED = 20


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_closes_what_it_can(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    for key in NEEDED:
        assert any(line.startswith(key) for line in lines), key
    assert not any(line.startswith("User=root") for line in lines)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_every_unit_hardly_exposed(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_every_service_that_ends_by_itself_has_its_timer() -> None:
    for unit in UNITS:
        if "Type=oneshot" in unit.read_text(encoding="utf-8"):
            assert "OnCalendar=" in unit.with_suffix(".timer").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_reads_every_unit_without_a_complaint(tmp_path: Path) -> None:
    """Only the programs' paths are replaced by one that is there."""
    copies = []
    for unit in (*UNITS, *UNITS[0].parent.glob("*.timer")):
        copies.append(tmp_path / unit.name)
        text = unit.read_text(encoding="utf-8").replace("/opt/outcomes/.venv/bin/python", "/usr/bin/env")
        copies[-1].write_text(text.replace("/opt/outcomes/.venv/bin/streamlit", "/usr/bin/env"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, copies)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
