"""CONTRIBUTING's recipes, followed literally in a copy of the tree: each works, or the error names file and key."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.home import PROJECT
from tests.grids import sample
from tests.records import ZONE, Records

METRIC = """/*
topic = "recovery"
title = "{title}"
question = "What share was so?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "every procedure"
source = "Ours"
caveat = "None."
version = 1
*/
select
    outcomes.procedure_id,
    {value} as value
from outcomes
"""
POPULATION = """/*
title = "Procedures of people aged 80 and more"
grain = "one row per procedure"
excludes = ["setting"]
*/
select
    outcomes.procedure_id,
    case when outcomes.age_years >= 80 then null else 'setting' end as excluded_as
from outcomes
"""
OF_POPULATION = """inner join population_aged on outcomes.procedure_id = population_aged.procedure_id
where population_aged.excluded_as is null
"""
CHECK = """/*
title = "Procedures have an age"
category = "completeness"
severity = "warn"
tolerated_share = 0.02
examined = "procedures"
not_applicable = "there are no procedures"
remedy = "Fill in the age."
*/
select
    count(*) filter (where outcomes.{column} is null) as violations,
    count(*) as examined
from outcomes
"""
RULE = """
[sedation_of_the_old]
severity = "warn"
message = "deep sedation of somebody above 90"
remedy = "Look at the row."
"""
CONDITION = (
    '    {{ rule = "sedation_of_the_old", field = "sedation", when = "sedation = \'deep\' and {value} > 90" }},\n]\n'
)
SOURCE = """title = "Scratch clinic"
time_zone = "America/Chicago"
sends = []

[formats]
date = "%d.%m.%Y"

[[file]]
name = "list"
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "Nr"
patient_id = "Patient"
performed_on = "{column}"
levels = "Level"
"""
CHART = '''"""One bar."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing
from dashboard.text.theme import Theme


def one_bar(figures: pd.DataFrame, theme: Theme) -> go.Figure:
    """A bar of the values. `figures`: `value` in per cent."""
    drawing = Drawing(theme=theme, height=200, title="One bar", subtitle="n of N", alt="one bar", x={}, y={})
    drawing.add("bar", x=figures["value"].to_numpy(dtype=float), orientation="h")
    return drawing.figure()
'''
PAGE = '''"""A page with one sentence."""

import streamlit as st


def main() -> None:
    """Compose the page."""
    st.header("A scratch page", anchor=False)


if __name__ == "__main__":
    main()
'''
SHOW_PAGE = """
from streamlit import config
from streamlit.testing.v1 import AppTest
config.set_option("server.address", "127.0.0.1")
at = AppTest.from_file("entry.py", default_timeout=60)
at.run()
at.switch_page("dashboard/pages/scratch.py").run()
print([one.value for one in at.header], [one.value for one in (*at.error, *at.warning)], at.exception)
"""


class Tree:
    """A copy of the tree and a home of its own."""

    def __init__(self, root: Path) -> None:
        self.root, self.home = root / "tree", root / "home"
        ignored = shutil.ignore_patterns("home", "demo", "*.png")
        for folder in ("data", "etl", "queries", "dashboard"):
            shutil.copytree(PROJECT / folder, self.root / folder, ignore=ignored)
        self.records = root / "in"
        records = Records()
        for number in range(12):
            records.procedure(f"2026-01-{10 + number}", age_years=75 + 2 * number, asa_class=3, sedation="deep")
        records.write(self.records)

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text, (path, old)
        self.write(path, text.replace(old, new, 1))

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command], cwd=self.root, capture_output=True, text=True, check=False,
            env={**os.environ, "OUTCOMES_HOME": str(self.home), "OUTCOMES_TIMEZONE": ZONE} | environment,
        )  # fmt: skip

    def say(self, *command: str, **environment: str) -> str:
        """What a command writes that must end well."""
        done = self.run("-m", *command, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def load(self, home: str = "home") -> subprocess.CompletedProcess[str]:
        home_folder = self.root.parent / home
        return self.run("-m", "etl", "load", str(self.records), OUTCOMES_HOME=str(home_folder))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """Every recipe followed, and records loaded."""
    made = Tree(tmp_path_factory.mktemp("recipes"))
    made.write("queries/metrics/frail_patients.sql", METRIC.format(title="Frail", value="outcomes.asa_class >= 3"))
    made.write("queries/views/population_aged.sql", POPULATION)
    aged = METRIC.format(title="Aged and frail", value="outcomes.asa_class >= 3").rstrip() + "\n" + OF_POPULATION
    made.write("queries/metrics/aged_and_frail.sql", aged)
    made.write("queries/checks/ages_are_recorded.sql", CHECK.format(column="age_years"))
    rules = (made.root / "etl/rules/rules.toml").read_text(encoding="utf-8")
    made.write("etl/rules/rules.toml", rules + RULE)
    made.edit("etl/rules/procedures.toml", "\n]\n", "\n" + CONDITION.format(value="age_value"))
    made.write("etl/sources/scratch_clinic.toml", SOURCE.format(column="Tag"))
    made.write("dashboard/charts/one_bar.py", CHART)
    made.write("dashboard/pages/scratch.py", PAGE)
    export = '        ("export", "Export"),\n'
    made.edit("dashboard/contents.py", export, f'{export}        ("scratch", "Scratch"),\n')
    methods = '    "methods": "figures",\n'
    made.edit("dashboard/access/roles.py", methods, f'{methods}    "scratch": "figures",\n')
    made.write("entry.py", "from dashboard.contents import main\n\nmain()\n")
    settings = (made.root / "data/settings/targets.toml").read_text(encoding="utf-8")
    target = '[targets.frail_patients]\nvalue = 50.0\nset_by = "Meeting"\nsince = 2026-01-01\n'
    made.write("data/settings/targets.toml", f"{settings}\n{target}")
    done = made.load()
    assert done.returncode == 0, done.stderr
    return made


def figures(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_metric_on_a_field_that_no_metric_uses(tree: Tree) -> None:
    [row] = figures(tree.say("dashboard", "export", "frail_patients"))
    assert (row["eligible"], row["numerator"]) == ("12", "12")
    tree.say("dashboard", "bundle", "--profile", "internal", "--out", str(tree.home / "out.zip"))
    shown = tree.run("-c", (
        "import io, zipfile, sys, csv\n"
        "text = zipfile.ZipFile(sys.argv[1]).read('metric_values.csv').decode('utf-8-sig')\n"
        "print({row['reason'] for row in csv.DictReader(io.StringIO(text)) if row['metric'] == 'frail_patients'})"
    ), str(tree.home / "out.zip"))  # fmt: skip
    assert shown.stdout.strip() == "{'ASA class 3'}", shown.stderr


def test_a_population(tree: Tree) -> None:
    [row] = figures(tree.say("dashboard", "export", "aged_and_frail"))
    assert (row["eligible"], row["excluded_setting"]) == ("9", "3")


def test_a_check_and_a_rule(tree: Tree) -> None:
    told = json.loads(tree.say("etl", "status", "--json"))
    warned = [one["rule"] for file in told["files"] for one in file["warned"]]
    assert warned.count("sedation_of_the_old") == 4
    shown = tree.run("-c", (
        "from queries.warehouse import open_current\nfrom data.home import Home\nimport os, pathlib\n"
        "home = Home(pathlib.Path(os.environ['OUTCOMES_HOME']))\n"
        "asked = \"select status from check_results where check_id = 'ages_are_recorded'\"\n"
        "print(open_current(home).rows(asked))"
    ))  # fmt: skip
    assert shown.stdout.strip() == "[('passed',)]", shown.stderr


def test_a_sending_system(tree: Tree) -> None:
    folder = tree.root.parent / "clinic"
    folder.mkdir()
    (folder / "list.csv").write_text("Nr,Patient,Tag,Level\n1,7,03.02.2026,L1\n2,8,04.02.2026,L2\n", encoding="utf-8")
    home = str(tree.root.parent / "clinic home")
    told = tree.run("-m", "etl", "load", str(folder), "--source", "scratch_clinic", OUTCOMES_HOME=home)
    assert "2 rows read, 2 loaded" in told.stdout + told.stderr


def test_a_chart(tree: Tree) -> None:
    shown = tree.run("-c", (
        "import pandas as pd\nfrom dashboard.charts.one_bar import one_bar\nfrom dashboard.text.theme import LIGHT\n"
        "print(one_bar(pd.DataFrame({'value': [50.0]}), LIGHT).layout.meta['alt'])"
    ))  # fmt: skip
    assert shown.stdout.strip() == "one bar", shown.stderr


def test_a_page(tree: Tree) -> None:
    shown = tree.run("-c", SHOW_PAGE, OUTCOMES_ACCESS="this-computer")
    assert "['A scratch page'] []" in shown.stdout, shown.stderr[-2000:]


def test_a_target(tree: Tree) -> None:
    shown = tree.run(
        "-c", "from data.settings import read_targets; print(read_targets().targets['frail_patients'].value)"
    )
    assert shown.stdout.strip() == "50.0", shown.stderr


@pytest.fixture
def broken(tree: Tree) -> Iterator[Callable[[str, str, str], None]]:
    """Make one mistake in the tree; it is taken back."""
    before: dict[str, str] = {}

    def spoil(path: str, old: str, new: str) -> None:
        before.setdefault(path, (tree.root / path).read_text(encoding="utf-8"))
        tree.edit(path, old, new)

    yield spoil
    for path, text in before.items():
        tree.write(path, text)


@pytest.mark.parametrize(
    ("path", "old", "new", "command", "words"),
    sample([
        ("queries/metrics/frail_patients.sql", "outcomes.asa_class", "outcomes.shoe_size", "export",
         ("queries, frail_patients", "shoe_size")),
        ("queries/metrics/frail_patients.sql", 'unit = "%"\n', "", "export", ("metrics/frail_patients.sql, unit",)),
        ("queries/checks/ages_are_recorded.sql", "outcomes.age_years", "outcomes.shoe_size", "load",
         ("queries/checks/ages_are_recorded.sql", "shoe_size")),
        ("etl/rules/procedures.toml", "age_value > 90", "shoe_size > 90", "load",
         ("etl/rules/procedures.toml, rule sedation_of_the_old, field sedation, when", "shoe_size")),
        ("etl/rules/rules.toml", "[sedation_of_the_old]", "[sedation_of_others]", "load",
         ("etl/rules/procedures.toml, rule sedation_of_the_old", "etl/rules/rules.toml")),
        ("etl/sources/scratch_clinic.toml", "performed_on =", "performed =", "source",
         ("scratch_clinic.toml", "performed")),
    ], 2),
)  # fmt: skip
def test_a_mistake_is_named_by_file_and_key(
    tree: Tree, broken: Callable[[str, str, str], None], path: str, old: str, new: str, command: str, words: tuple[str]
) -> None:
    broken(path, old, new)
    if command == "export":
        done = tree.run("-m", "dashboard", "export", "frail_patients")
    elif command == "source":
        done = tree.run("-m", "etl", "load", str(tree.records), "--source", "scratch_clinic")
    else:
        done = tree.load(f"home of {Path(path).stem} {words[-1]}".replace("/", " "))
    assert done.returncode == 2, done.stderr
    for word in words:
        assert word in done.stderr


def test_a_page_without_a_right_is_named(tree: Tree, broken: Callable[[str, str, str], None]) -> None:
    broken("dashboard/access/roles.py", '    "scratch": "figures",\n', "")
    shown = tree.run("-c", SHOW_PAGE, OUTCOMES_ACCESS="this-computer")
    assert "PAGE_RIGHTS, scratch" in shown.stdout, shown.stderr[-2000:]
