"""How a command ends: a path that cannot be written is the caller's to mend, any other missing file is ours."""

import sys
from pathlib import Path

import pytest
import typer

from data.command_line import run_command
from data.errors import ExitCode


def end_of(monkeypatch: pytest.MonkeyPatch, wanted: Path, *words: str) -> int | str | None:
    """The exit code of a command that writes to a path when it was given these words."""
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def write() -> None:
        wanted.write_text("figures", encoding="utf-8")

    monkeypatch.setattr(sys, "argv", ["command", *words])
    with pytest.raises(SystemExit) as ended:
        run_command(app)
    return ended.value.code


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "private").mkdir(parents=True)


def test_a_named_place_that_cannot_be_written_is_no_mistake_of_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a_file").touch()
    (tmp_path / "a_folder.csv").mkdir()
    for place in ("no_folder/out.csv", "a_file/out.csv", "a_folder.csv", f"{'x' * 300}.csv"):
        out = tmp_path / place
        assert end_of(monkeypatch, out, "--out", str(out)) == ExitCode.STORAGE
        assert end_of(monkeypatch, out, f"--out={out}") == ExitCode.STORAGE
        assert f"{out}: " in capsys.readouterr().err
    assert end_of(monkeypatch, tmp_path / "none" / "part.csv", "--out", str(tmp_path / "none")) == ExitCode.STORAGE


def test_another_file_that_is_missing_is_a_mistake_of_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = tmp_path / "home" / "lost" / "file"
    assert end_of(monkeypatch, lost, "export", "--where", "site=", "--out", "figures.csv") == ExitCode.DISAGREEMENT
    assert "mistake in the program" in capsys.readouterr().err
