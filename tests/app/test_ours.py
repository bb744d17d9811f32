"""A hospital's own metrics: counted as ours are, refused with file, key and what to do, and never in another's way."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.__main__ import app as commands
from dashboard.exports import figure_downloads
from dashboard.exports.bundle.readme import not_in_it
from dashboard.pages.ours import NOT_CHECKED, check_sentence, read_ours
from dashboard.view.reader_view import View, open_view
from data import export_log
from data.errors import UsageProblem
from data.home import Home
from queries.catalogue.filters import Filters
from queries.figures import own_metrics
from queries.figures.own_metrics import find_own, has_own, read_own
from queries.warehouse import open_current
from tests.app.pages import app, texts
from tests.records import Records, loaded
from tests.signed_in import as_reader

HEADER = """/*
topic = "levels"
title = "{title}"
question = "In what share was more than one vertebra treated?"
kind = "{kind}"
unit = "%"
better = "neutral"
eligible = "every procedure"
source = "Ours"
caveat = "None."
version = 1
*/
"""
SHARE = "select outcomes.procedure_id, outcomes.level_count > 1 as value\nfrom outcomes\n"
SECOND = '/*\ntitle = "By its levels"\ngrain = "one row per procedure"\n*/\n'


def write(home: Home, name: str = "several", sql: str = SHARE, kind: str = "proportion") -> Path:
    path = home.settings / "metrics" / f"{name}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER.format(title="Several", kind=kind) + sql, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("ours") / "home")
    written = Records()
    for number in range(30):
        day = f"2026-0{1 + number % 3}-{1 + number % 27:02}"
        written.procedure(day, levels="L1;L2" if number % 3 == 0 else "L1", site="Riverside" if number % 2 else "Hill")
    written.reach("2026-05-30")
    loaded(home, written)
    return home


@pytest.fixture
def filled(records: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    monkeypatch.setenv("OUTCOMES_HOME", str(records.root))
    shutil.rmtree(records.settings, ignore_errors=True)
    records.journal.unlink(missing_ok=True)
    return records


def view() -> View:
    return open_view(Filters.of({"site": ["Riverside", "Hill"]}))


def test_an_own_metric_is_counted_as_ours_are(filled: Home) -> None:
    write(filled)
    ours, problems = read_ours(view())
    assert problems == []
    row, product = ours[0].row, view().figure("multi_level")
    assert [row[name] for name in ("numerator", "recorded", "value", "lower")] == [
        product[name] for name in ("numerator", "recorded", "value", "lower")
    ]
    assert (row["numerator"], row["recorded"]) == (10, 30)
    at = app("ours", span="all")
    assert not at.exception
    assert "1 figure of our own." in texts(at)
    assert NOT_CHECKED in texts(at)
    assert SHARE.strip() in [one.value for one in at.code]
    assert len(at.get("plotly_chart")) + ("so far" in texts(at)) == 1


def test_a_line_gives_title_place_and_chart(filled: Home) -> None:
    write(filled, "a_first")
    write(filled, "b_second")
    kinds = "select outcomes.procedure_id, cast(outcomes.level_count as varchar) as category\nfrom outcomes\n"
    write(filled, "c_third", kinds, kind="category")
    (filled.settings / "ours.toml").write_text(
        '[[metric]]\nname = "b_second"\ntitle = "Now first"\nchart = "by site"\n\n[[metric]]\nname = "a_first"\n'
        'chart = "number"\n',
        encoding="utf-8",
    )
    own = read_own(filled.settings)
    assert [(one.title, one.chart) for one in own.metrics] == [
        ("Now first", "by site"), ("Several", "number"), ("Several", "number"),
    ]  # fmt: skip
    at = app("ours", span="all")
    assert not at.exception
    assert "Now first" in texts(at)
    assert len(at.get("plotly_chart")) == 2


def test_the_page_stands_in_the_list_only_where_there_is_something(filled: Home) -> None:
    assert not has_own(filled.settings)
    at = app("ours")
    assert "This hospital has no metrics of its own" in texts(at)
    write(filled)
    assert has_own(filled.settings)


WRONG = {
    "drop table outcomes": "it is not a single select",
    "select 1; drop table outcomes": "it is not a single select",
    "select 1; select 2": "exactly one statement",
    "select procedure_id, 1 as value from read_csv('/etc/passwd')": "read_csv() is not open",
    "select procedure_id, 1 as value from outcomes, glob('/*')": "glob() is not open",
    "select procedure_id, 1 as value from '/etc/passwd'": "/etc/passwd is not open",
    "select procedure_id, 1 as value from source_files": "source_files is not open",
    "select procedure_id, 1 as value from information_schema.tables": "tables is not open",
    "copy outcomes to '/tmp/x.csv'": "it is not a single select",
    "attach '/tmp/x.duckdb'": "it is not a single select",
    "with recursive a as (select 1 as n union all select n + 1 from a) select n from a": "with recursive",
    "select procedure_id, operator as value from outcomes": "the column operator is not open",
    "select procedure_id, from outcomes where": "syntax error",
    "select procedure_id, shoe_size as value from outcomes": "shoe_size",
    "select procedure_id, site as value from outcomes": "cannot be run on these records (Conversion)",
    "select procedure_id, age_years as value from outcomes": "a share whose value is not true, false",
    "select o.procedure_id, true as value from outcomes as o cross join patients": "more than one row",
    "select uuid() as procedure_id, true as value from outcomes": "are none of procedures",
}


@pytest.mark.parametrize("sql", WRONG)
def test_what_is_wrong_with_one_is_told_and_keeps_no_other_away(sql: str, filled: Home) -> None:
    """With the file, what is wrong and what to do; never with a value of the records; the other pages do not notice."""
    write(filled, "bad", sql)
    write(filled)
    ours, problems = read_ours(view())
    assert [one.metric.name for one in ours] == ["several"]
    (problem,) = problems
    assert problem.where.startswith("settings/metrics/bad.sql")
    assert WRONG[sql] in problem.what
    assert problem.remedy
    assert "Riverside" not in f"{problem.what} {problem.remedy}"
    assert (filled.generations / filled.current.read_text().strip()).is_file()
    assert open_current(filled).rows("select count(*) from outcomes")[0][0] == 31


def test_the_page_shows_what_is_wrong_and_other_pages_do_not(filled: Home) -> None:
    write(filled, "bad", "drop table outcomes")
    write(filled)
    at = app("ours", span="all")
    assert not at.exception
    assert "settings/metrics/bad.sql" in at.error[0].value
    assert "1 figure of our own." in texts(at)
    for page in ("overview", "methods"):
        other = app(page)
        assert not other.exception
        assert not other.error


def test_what_takes_too_long_is_stopped_and_asked_once(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_metrics, "SECONDS", 0.2)
    rows = " cross join ".join(f"outcomes as t{number}" for number in range(9))
    slow = write(filled, "slow", f"select t0.procedure_id, sum(t1.level_count) > 1 as value from {rows} group by 1")
    here = view()
    for _ in range(2):
        ours, (problem,) = read_ours(here)
        assert ours == []
        assert "it takes longer than" in problem.what
    slow.unlink()
    write(filled)
    assert len(read_ours(here)[0]) == 1


HEADERS = [
    ('kind = "proportion"', 'kind = "incidence"', "settings/metrics/several.sql, kind"),
    ('unit = "%"\n', "", "settings/metrics/several.sql, unit"),
    ("version = 1", 'version = 1\nfollowed_by = "nothing"', "settings/metrics/several.sql, followed_by"),
    ("/*", "", "settings/metrics/several.sql"),
]


@pytest.mark.parametrize(("before", "after", "where"), HEADERS)
def test_a_header_is_told_by_its_key(before: str, after: str, where: str, filled: Home) -> None:
    path = write(filled)
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    assert [one.where for one in read_own(filled.settings).mistakes] == [where]


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ('[[metric]]\nname = "nothing"\n', "settings/ours.toml, nothing"),
        ('[[metric]]\nname = "several"\nchart = "pie"\n', "settings/ours.toml, several, chart"),
        ('[[metric]]\nname = "several"\ncolour = "red"\n', "settings/ours.toml"),
        ("[[metric\n", "settings/ours.toml"),
        ('[[metric]]\nname = "several"\nchart = "by operator"\n', "settings/ours.toml, several, chart"),
    ],
)
def test_a_line_is_told_by_its_key(lines: str, where: str, filled: Home) -> None:
    write(filled)
    (filled.settings / "ours.toml").write_text(lines, encoding="utf-8")
    assert [one.where for one in read_own(filled.settings).mistakes] == [where]
    at = app("ours", span="all")
    assert not at.exception
    assert at.error


@pytest.mark.parametrize("name", ["multi_level", "responders_50", "outcomes-2", "Name", "population_window"])
def test_a_name_of_ours_or_none_is_refused(name: str, filled: Home) -> None:
    write(filled, name)
    (mistake,) = read_own(filled.settings).mistakes
    assert "no name for a metric, or one of ours" in mistake.what


def test_a_second_definition_is_compared_procedure_by_procedure(filled: Home) -> None:
    write(filled)
    beside = filled.settings / "metrics" / "several.second.sql"
    counted = "select procedure_id, count(*) > 1 as value from treated_levels group by procedure_id"
    beside.write_text(SECOND + counted, encoding="utf-8")
    (one,), problems = read_ours(view())
    assert problems == []
    assert one.differing == 0
    assert check_sentence(one).startswith("Checked: a second definition gives every procedure the same answer")
    beside.write_text(SECOND + counted.replace("> 1", "> 2"), encoding="utf-8")
    (one,), _ = read_ours(view())
    assert one.differing == 10
    assert "answers otherwise for 10 procedures: one of them is wrong" in check_sentence(one)
    beside.write_text(SECOND + "select 1 from read_text('/etc/passwd')", encoding="utf-8")
    ours, (problem,) = read_ours(view())
    assert ours == []
    assert problem.where == "settings/metrics/several.second.sql"


def test_changed_sql_is_asked_anew(filled: Home) -> None:
    write(filled)
    here = view()
    assert read_ours(here)[0][0].row["numerator"] == 10
    write(filled, sql=SHARE.replace("> 1", "> 2"))
    assert read_ours(here)[0][0].row["numerator"] == 0


def test_it_is_exported_by_page_and_command_and_for_nobody_outside(filled: Home) -> None:
    write(filled)
    done = CliRunner().invoke(commands, ["export", "several", "multi_level", "--by", "site"])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(done.output)))
    assert {row["metric"] for row in rows} == {"several", "multi_level"}
    told = [[row["numerator"] for row in rows if row["metric"] == name] for name in ("several", "multi_level")]
    assert told[0] == told[1]
    outside = CliRunner().invoke(commands, ["export", "several", "--audience", "outside"])
    assert outside.exit_code != 0
    at = app("ours", span="all")
    (link,) = at.get("link_button")
    name, content = figure_downloads.fetch_download(view().reader, link.proto.url.rsplit("/", 1)[-1])
    assert name.startswith("ours_several-")
    assert b"several" in content
    assert [event.payload["what"] for event in export_log.read_exports(filled)] == ["figures", "figures"]
    write(filled, "bad", "drop table outcomes")
    with pytest.raises(UsageProblem, match="single select"):
        find_own(filled.settings, "bad")


def test_rights_by_site_hold(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write(filled)
    as_reader(monkeypatch, "lead", ["Hill"])
    (one,), _ = read_ours(open_view(Filters()))
    assert one.row["recorded"] == 15


def test_a_median_is_drawn_without_a_verdict_and_a_distribution_without_a_first_figure(filled: Home) -> None:
    minutes = "select outcomes.procedure_id, outcomes.age_years as value\nfrom outcomes\n"
    write(filled, "ages", minutes, kind="median")
    levels = "select outcomes.procedure_id, cast(outcomes.level_count as varchar) as category\nfrom outcomes\n"
    write(filled, "kinds", levels, kind="category")
    at = app("ours", span="all")
    assert not at.exception
    assert not at.error
    shown = texts(at)
    assert "Too few months" not in shown
    told = [one.value for one in at.markdown if "recorded" in one.value]
    assert [one.split(".")[0][:2] for one in told] == ["75", "31"]


def test_a_bundle_says_which_own_metrics_it_does_not_hold(filled: Home) -> None:
    assert "case mix" in not_in_it()
    assert "own metrics" not in not_in_it()
    write(filled)
    assert "the hospital's own metrics (several: python -m dashboard export NAME)" in not_in_it()
