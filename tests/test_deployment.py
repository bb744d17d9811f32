"""The units of docs/deployment: closed as far as they can be, and read by systemd without a complaint."""

import shutil
import subprocess
from pathlib import Path

import pytest

import data

UNITS = sorted((data.PROJECT / "docs" / "deployment").glob("*.service"))
NEEDED = (
    "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
    "IPAddressDeny=any", "CapabilityBoundingSet=", "LimitCORE=0", "MemoryMax=", "TasksMax=",
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
