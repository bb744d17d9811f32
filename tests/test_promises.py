"""Promises that hold over the whole repository: architecture, style, documentation, nothing left behind."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from dashboard.links.page_files import page_files
from dashboard.text.definitions import TOPIC_TITLES
from dashboard.text.phrases import FILTER_TITLES
from data.home import PROJECT, SAMPLE
from etl.demo import synthetic_department
from etl.operations.column_guide import guide_lines
from etl.sources import source_names
from etl.sources.canonical import KINDS
from queries.catalogue.filters import KEYS
from queries.catalogue.metrics import TOPICS, read_catalogue

BIN = Path(sys.executable).parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=PROJECT, capture_output=True, text=True, check=False
    )


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    ).stdout.split("\n")  # fmt: skip
    return [PROJECT / name for name in listed if name and (PROJECT / name).is_file()]


def test_imports_go_only_downward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    assert lint_imports(no_cache=True) == 0


def test_python_is_clean_and_formatted() -> None:
    for command in (("ruff", "check", "."), ("ruff", "format", "--check", ".")):
        done = run(*command)
        assert done.returncode == 0, done.stdout


@pytest.mark.thorough
def test_sql_is_clean() -> None:
    """Also part of `make lint`, which .ci/run calls before the tests: it takes as long as thirty loads."""
    done = run("sqlfluff", "lint", "queries", "etl/build/sql", "data/schema.sql", "--processes", "2")
    assert done.returncode == 0, done.stdout


def test_sql_stands_in_files_and_not_in_the_read_sides_pages() -> None:
    found = [
        path.name
        for path in tracked("dashboard/*.py")
        if re.search(r"\b(select .+ from|insert into|create table)\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert found == []


def test_text_of_the_records_is_not_read_as_markdown() -> None:
    """Streamlit's tables read Markdown: no page uses them; those of `widgets.tables` are escaped."""
    for path in tracked("dashboard/*.py"):
        assert not re.search(r"\bst\.(table|dataframe)\(|unsafe_allow", path.read_text(encoding="utf-8")), path


def test_pages_only_compose() -> None:
    for path in page_files().values():
        first, *_ = (
            one for one in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(one, ast.FunctionDef)
        )
        assert (first.name, first.end_lineno - first.lineno <= 50) == ("main", True), path.name


def test_no_file_holds_too_many_ideas() -> None:
    for path in (*tracked("*.py"), *tracked("*.sql")):
        if "tests" not in path.parts and path.name not in ("schema.sql", "demo.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path


def test_nothing_catches_everything_silently() -> None:
    for path in tracked("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"except:", text) or path.name == "test_promises.py", path
        if re.search(r"except Exception\b", text):
            assert path.name in ("command_line.py", "test_promises.py"), path


def test_no_warehouse_record_or_secret_is_in_the_repository() -> None:
    for path in tracked():
        assert path.suffix not in {".duckdb", ".wal", ".sqlite", ".parquet", ".pkl"}, path
        assert path.name != "secrets.toml"
        assert path.stat().st_size < 1_500_000, path


def test_every_dependency_has_its_reason_in_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-engine.txt"):
        first_part = (PROJECT / name).read_text(encoding="utf-8").split("\n# Brought along")[0]
        for line in first_part.splitlines():
            if "==" in line:
                package, _, reason = line.partition("#")
                assert reason.strip(), line
                assert f"`{package.split('==')[0]}`" in readme, package


def test_every_version_is_exact() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-engine.txt"):
        for line in (PROJECT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                assert re.match(r"[A-Za-z0-9_.-]+==[0-9]", line), line


def test_every_canonical_column_is_in_the_guide_and_the_templates() -> None:
    guide = (SAMPLE / "COLUMNS.md").read_text(encoding="utf-8")
    assert guide == "\n".join(guide_lines()), "run: make columns"
    for kind in KINDS:
        for column in kind.all_columns:
            assert f"| `{column}`" in guide, (kind.name, column)
        header = (SAMPLE / "templates" / f"{kind.name}.csv").read_text(encoding="utf-8")
        assert header == ",".join(kind.all_columns) + "\n"


def test_the_sample_is_what_the_generator_writes() -> None:
    for name, text in synthetic_department(60).items():
        assert (SAMPLE / name).read_text(encoding="utf-8") == text, "run: python -m etl demo --procedures 60 --out"


def test_every_key_and_topic_has_words() -> None:
    assert set(TOPIC_TITLES) == set(TOPICS)
    assert set(FILTER_TITLES) <= set(KEYS)
    assert {metric.header.topic for metric in read_catalogue().values()} == set(TOPICS)


def test_every_decision_is_short_and_complete() -> None:
    decisions = tracked("docs/decisions/0*.md")
    assert len(decisions) >= 5
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        for part in ("Status", "Context", "Decision", "Consequences"):
            assert f"**{part}**" in text, (path.name, part)
        assert len(text.splitlines()) <= 40, path.name


def test_every_source_validates() -> None:
    for name in source_names():
        assert tomllib.loads((PROJECT / "etl" / "sources" / f"{name}.toml").read_text(encoding="utf-8"))["title"]


def test_the_app_is_closed_by_default() -> None:
    config = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["headless"] is True
    assert config["server"]["enableStaticServing"] is False
    assert config["server"]["enableAgentApi"] is False
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["disableDataExport"] is True


def test_links_inside_the_documentation_lead_somewhere() -> None:
    for path in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://")):
                assert (path.parent / target).exists(), (path.name, target)


def test_both_environments_run_the_same_but_for_pandas() -> None:
    names = ("requirements-dev.txt", "requirements.txt", "requirements-engine.txt")
    dev, app, engine = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (PROJECT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in names
    )
    ours = dev | app
    assert {name for name, version in engine.items() if ours.get(name, version) != version} == {"pandas"}


def test_one_file_of_the_read_side_speaks_to_duckdb() -> None:
    found = [
        path.name
        for path in tracked("queries/*.py")
        if re.search(r"^\s*(import|from) duckdb\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert found == ["duck.py"]
