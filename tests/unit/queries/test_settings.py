"""Settings and headers are checked when read; a mistake names its file and its key."""

from pathlib import Path

import pytest

from data import settings
from data.errors import UsageProblem
from data.settings import Disclosure, Promises, Targets, Timepoints
from data.storage.settings_files import read_settings
from queries.catalogue.metrics import MetricHeader, read_catalogue, read_curves, read_views
from queries.catalogue.sql_files import read_sql_file

RULE = '[rules.y]\ntitle = "t"\nhide_up_to = 1\nround_to = 5\n'
BASELINE = '[baseline]\nlabel = "Before"\nlookback_days = 30\n'
WINDOW = '[[after]]\nname = "{}"\nlabel = "x"\nfirst_day = {}\nlast_day = {}\ntarget_hours = 48\n'
PROMISE = '[[promise]]\nname = "home"\nsaid = "Home"\nleaflet = "A"\n'


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "kind", "text", "words"),
    [
        ("timepoints.toml", Timepoints, BASELINE, "after"),
        ("timepoints.toml", Timepoints, BASELINE + WINDOW.format("a", 5, 3), "a ends before it begins"),
        ("timepoints.toml", Timepoints, BASELINE + WINDOW.format("a", 1, 5) + WINDOW.format("b", 5, 9), "b overlaps"),
        ("timepoints.toml", Timepoints, BASELINE + WINDOW.format("a", 1, 5) + WINDOW.format("a", 6, 9), "share a name"),
        ("timepoints.toml", Timepoints, BASELINE + WINDOW.format("a", 1, 5).replace("48", '"soon"'), "target_hours"),
        ("timepoints.toml", Timepoints, BASELINE + WINDOW.format("a", 1, 5) + "colour = 1\n", "colour"),
        ("timepoints.toml", Timepoints, BASELINE.replace("30", "-1") + WINDOW.format("a", 1, 5), "lookback_days"),
        (
            "disclosure.toml",
            Disclosure,
            'rule = "x"\nown_department = "exact"\n' + RULE,
            "one of y",
        ),
        ("disclosure.toml", Disclosure, f'rule = "y"\n{RULE}', "own_department"),
        ("disclosure.toml", Disclosure, f'rule = "y"\nown_department = "some"\n{RULE}', "own_department"),
        ("promises.toml", Promises, PROMISE.replace("Home", "") + 'metric = "m"\n', "said"),
        ("promises.toml", Promises, PROMISE, "say in not_measured why"),
        ("promises.toml", Promises, 2 * (PROMISE + 'metric = "m"\n'), "each version needs its own since"),
        ("targets.toml", Targets, '[targets.m]\nvalue = "high"\nset_by = "x"\nsince = 2026-01-01\n', "value"),
        ("targets.toml", Targets, "this is not toml", "not valid TOML"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, name: str, kind: type, text: str, words: str) -> None:
    with pytest.raises(UsageProblem) as problem:
        read_settings(written(tmp_path, name, text), kind)
    assert name in str(problem.value)
    assert words in str(problem.value)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="missing"):
        read_settings(tmp_path / "targets.toml", Targets)


def test_the_environment_chooses_the_disclosure_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.read_disclosure().rule == "cms_11"
    monkeypatch.setenv("OUTCOMES_DISCLOSURE", "nhs_8_round_5")
    assert settings.read_disclosure().in_force.hide_up_to == 7
    monkeypatch.setenv("OUTCOMES_DISCLOSURE", "none")
    with pytest.raises(UsageProblem, match="cms_11"):
        settings.read_disclosure()


def test_the_settings_that_we_ship_are_valid() -> None:
    settings.check_all()
    for promise in settings.read_promises().promise:
        assert {promise.metric or "procedures", *promise.beside} <= set(read_catalogue()), promise.name
    for metric in settings.read_targets().targets:
        assert metric in read_catalogue()


HEADER = (
    'topic = "pain"\ntitle = "T"\nquestion = "Q?"\nkind = "mean"\nunit = "hours"\nbetter = "lower"\neligible = "all"\n'
    'source = "S"\ncaveat = "C"\nversion = 1\n'
)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (HEADER.replace('unit = "hours"\n', ""), "unit"),
        (HEADER + 'colour = "red"\n', "colour"),
        (HEADER.replace('"mean"', '"mode"'), "kind"),
        (HEADER.replace("version = 1", "version = 0"), "version"),
        ("not toml", "TOML"),
    ],
)
def test_a_metric_file_with_a_bad_header_names_file_and_key(tmp_path: Path, header: str, words: str) -> None:
    path = written(tmp_path, "new.sql", f"/*\n{header}*/\nselect 1")
    with pytest.raises(UsageProblem) as problem:
        read_sql_file(path, MetricHeader)
    assert "new.sql" in str(problem.value)
    assert words in str(problem.value)


def test_a_header_may_be_a_block_or_lines(tmp_path: Path) -> None:
    block = written(tmp_path, "a.sql", f"/*\n{HEADER}*/\nselect 1;\n")
    lines = written(tmp_path, "b.sql", "".join(f"-- {line}\n" for line in HEADER.splitlines()) + "select 1;\n")
    assert read_sql_file(block, MetricHeader) == read_sql_file(lines, MetricHeader)


def test_a_file_without_a_header_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="no header"):
        read_sql_file(written(tmp_path, "a.sql", "select 1"), MetricHeader)


def test_procedures_is_the_first_metric() -> None:
    assert next(iter(read_catalogue())) == "procedures"


def test_every_metric_of_a_timepoint_is_made_for_all_timepoints() -> None:
    names = [window.name for window in settings.read_timepoints().after]
    assert [name for name in read_catalogue() if name.startswith("responders_30_")] == [
        f"responders_30_{name}" for name in names
    ]


def test_every_view_is_used_and_every_population_gives_reasons() -> None:
    used = {view.name for one in (*read_catalogue().values(), *read_curves().values()) for view in one.views}
    assert used == set(read_views())
    for view in read_views().values():
        assert view.is_population == view.name.startswith("population_")


def test_titles_and_questions_are_worded_for_people() -> None:
    for one in read_catalogue().values():
        assert "$" not in one.title + one.question
        assert "_" not in one.title + one.question
        assert one.question.endswith("?")
        assert one.header.caveat == "" or one.header.caveat[0].isupper()
