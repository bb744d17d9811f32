"""The language of sources: one on top of another, codes from a file, questionnaires in a block, a schema."""

import io
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from typer.testing import CliRunner

from data.errors import UsageProblem
from data.home import PROJECT, Home
from etl.__main__ import app
from etl.generations.publish import current_manifest
from etl.load import rebuild_generation
from etl.sources import FOLDER, read_source, source_schema, validate_source
from queries.warehouse import open_current
from tests.deliveries import Tables, tables_of
from tests.grids import sample
from tests.records import ZONE, quiet, take

BASE = """
title = "Theatre log"
time_zone = "America/Chicago"
sends = ["deaths", "leaks"]
formats = { date = "%m/%d/%Y", empty = ["n/a"] }
[codes.setting]
"OP" = "outpatient"
"IP" = "already_inpatient"
[[file]]
name = "log"
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "Case"
patient_id = "MRN"
performed_on = "Day"
operator = "Surgeon"
setting = { column = "Class", codes = "setting" }
"""
LOG = "Case,MRN,Day,Surgeon,Class\nC1,M1,03/14/2026,S1,OP\nC2,M2,03/15/2026,S2,SDC\n"
OPERATORS = "SELECT operator FROM procedures ORDER BY operator".lower()


def own(home: Home, **sources: str) -> None:
    folder = home.root / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in sources.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def settings(tables: Tables) -> list[str | None]:
    return [row[0] for row in tables.rows("select cast(setting as varchar) from procedures order by performed_on")]


def test_a_source_on_top_of_another_merges_tables_and_replaces_lists(home: Home) -> None:
    own(
        home,
        log=BASE,
        mine='extends = "log"\nsends = ["leaks"]\n[formats]\ndecimal = ","\n[codes.setting]\n"SDC" = "outpatient"',
    )
    mine, log = read_source("mine"), read_source("log")
    assert mine.sends == {"leaks"}
    assert (mine.formats.date, mine.formats.decimal, mine.formats.empty) == (("%m/%d/%Y",), ",", ("n/a",))
    assert mine.codes["setting"] == {"OP": "outpatient", "IP": "already_inpatient", "SDC": "outpatient"}
    assert (mine.title, mine.file) == (log.title, log.file)
    assert settings(tables_of("log", [("log.csv", LOG.encode())], ZONE)) == ["outpatient", "unknown"]
    assert settings(tables_of("mine", [("log.csv", LOG.encode())], ZONE)) == ["outpatient", "outpatient"]


def test_a_shipped_source_can_be_extended_and_a_change_below_is_a_change_above(home: Home) -> None:
    own(home, ours='extends = "us_ehr_csv"\ntime_zone = "America/Denver"', log=BASE, mine='extends = "log"')
    assert (read_source("ours").time_zone, len(read_source("ours").file)) == ("America/Denver", 2)
    before = read_source("mine").sha256
    own(home, log=BASE + "# changed\n")
    assert read_source("mine").sha256 != before
    own(home, third='extends = "mine"\ntitle = "Third"')
    assert (read_source("third").title, read_source("third").file) == ("Third", read_source("log").file)


@pytest.mark.parametrize(
    ("text", "words"),
    sample(
        [
            ('extends = "nothing"', "extends: there is no source nothing"),
            ('extends = "mine"', "extends: mine would stand on itself"),
            ('extends = "other"', "extends: mine would stand on itself"),
            ('extends = "log"\ncolour = "red"', "mine.toml, colour: there is no such key"),
            ('title = "x"\nextends = 7', "mine.toml, extends: must be a text"),
            ('extends = "broken"', "broken.toml: not valid TOML"),
        ],
        3,
    ),
)
def test_a_mistake_in_a_source_on_top_names_file_and_key(home: Home, text: str, words: str) -> None:
    own(home, log=BASE, mine=text, other='extends = "mine"', broken="title =")
    with pytest.raises(UsageProblem, match=re.escape(words)):
        read_source("mine")


LOOKUP = BASE.replace(
    "[codes.setting]",
    """[lookup.surgeons]
file = "surgeons*"
key = "Code"
value = "Name"
[codes.setting]""",
).replace('operator = "Surgeon"', 'operator = { column = "Surgeon", codes = "surgeons" }')
SURGEONS = "Staff list\nCode;Name\nS1;A. Moreau\nS2;B. Lindgren\n"


def delivered(folder: Path, **files: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name.replace("_dot_", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def operators(home: Home) -> list[str | None]:
    return [row[0] for row in open_current(home).rows(OPERATORS)]


def test_codes_come_from_a_file_that_comes_along_and_stay_for_later_files(home: Home, tmp_path: Path) -> None:
    own(home, log=LOOKUP)
    first = take(home, delivered(tmp_path / "a", log_dot_csv=LOG, surgeons_2026_dot_csv=SURGEONS), source="log")
    assert (first.refused, first.companions, first.ignored) == ([], ["surgeons_2026.csv"], [])
    assert operators(home) == ["A. Moreau", "B. Lindgren"]
    later = LOG.replace("C1", "C3").replace("C2", "C4").replace("M1", "M3").replace("M2", "M4")
    assert take(home, delivered(tmp_path / "b", log_dot_csv=later), source="log").refused == []
    assert operators(home) == ["A. Moreau", "A. Moreau", "B. Lindgren", "B. Lindgren"]
    rebuild_generation(home, quiet)
    assert operators(home) == ["A. Moreau", "A. Moreau", "B. Lindgren", "B. Lindgren"]
    assert take(home, tmp_path / "a", source="log").known == ["log.csv"]
    assert len(current_manifest(home).contents) == 3


def test_without_the_file_of_its_codes_a_file_is_refused_and_says_which_it_needs(home: Home, tmp_path: Path) -> None:
    own(home, log=LOOKUP)
    result = take(home, delivered(tmp_path / "a", log_dot_csv=LOG), source="log")
    assert "the codes of [lookup.surgeons] are not known. Load surgeons* together with it" in str(
        result.refused[0].error
    )


@pytest.mark.parametrize(
    ("surgeons", "words"),
    sample(
        [
            (
                "Code;Name\nS1;A. Moreau\nS1;B. Lindgren\n",
                "surgeons.csv, line 3: a code that stands for something else",
            ),
            ("Kürzel;Name\nS1;A\n", "missing column Code"),
            ("one;two\n1;2\n", "no columns Code and Name"),
            ("", "the file is empty"),
        ],
        2,
    ),
)
def test_a_faulty_file_of_codes_is_refused_with_its_line(home: Home, tmp_path: Path, surgeons: str, words: str) -> None:
    own(home, log=LOOKUP)
    result = take(home, delivered(tmp_path / "a", log_dot_csv=LOG, surgeons_dot_csv=surgeons), source="log")
    assert words in " ".join(str(one.error) for one in result.refused)
    assert not home.has_generation


def test_a_code_table_of_the_same_name_says_what_the_text_of_the_file_means(home: Home, tmp_path: Path) -> None:
    own(
        home,
        log=BASE.replace(
            "[codes.setting]",
            """[lookup.setting]
file = "classes.xlsx"
key = "Class"
value = "Meaning"
[codes.setting]
"Day*" = "outpatient"
""",
        ),
    )
    target = io.BytesIO()
    book = openpyxl.Workbook()
    for row in (("Class", "Meaning"), ("OP", "Day case"), ("SDC", "IP")):
        book.active.append(row)
    book.save(target)
    take(home, delivered(tmp_path / "a", log_dot_csv=LOG, classes_dot_xlsx=target.getvalue()), source="log")
    query = "select cast(setting as varchar) from procedures order by performed_on"
    assert open_current(home).rows(query) == [("outpatient",), ("already_inpatient",)]


def test_a_long_list_of_codes_is_looked_up_like_a_short_one(home: Home, tmp_path: Path) -> None:
    own(home, log=LOOKUP)
    long = "Code,Name\n" + "".join(f"S{number},Surgeon {number}\n" for number in range(5_000))
    take(home, delivered(tmp_path / "a", log_dot_csv=LOG, surgeons_dot_csv=long), source="log")
    assert operators(home) == ["Surgeon 1", "Surgeon 2"]


WIDE = """
title = "Follow-up form"
time_zone = "America/Chicago"
formats = { date = "%Y-%m-%d", decimal = "," }
[[file]]
name = "form"
[[file.scores]]
patient_id = "Pt No"
measured_at = "Visit"
missing = { "99" = "not asked" }
columns = { "Pain now" = { context = "rest" }, "Pain moving" = { context = "activity", instrument = "nrs" } }
"""
FORM = "Pt No;Visit;Pain now;Pain moving\nM1;2026-03-14;7,5;9\nM1;2026-03-16;2;\nM2;2026-03-14;99;11\n"


def test_a_questionnaire_is_one_block_and_each_score_lives_and_dies_alone(home: Home) -> None:
    own(home, form=WIDE)
    tables = tables_of("form", [("form.csv", FORM.encode())], ZONE)
    found = tables.rows(
        "select cast(measured_on as varchar), cast(score as double), cast(context as varchar), missing_reason"
        " from pain_scores order by all"
    )
    assert found == [
        ("2026-03-14", 7.5, "rest", None), ("2026-03-14", 9.0, "activity", None),
        ("2026-03-14", None, "rest", "not asked"), ("2026-03-16", 2.0, "rest", None),
    ]  # fmt: skip
    assert tables.rejected() == [(3, "score_out_of_range")]
    assert tables.rows("select rows_read, rows_loaded, rows_rejected from source_files") == [(3, 3, 0)]


def test_scores_of_fixed_timepoints_need_no_date_and_stand_beside_a_procedure(home: Home) -> None:
    block = """
[[file.scores]]
procedure_id = "Case"
scale = 100
columns = { "VAS before" = { label = "baseline" }, "VAS after" = { label = "hours_24_72", optional = true } }
[[file.record]]
kind = "complications"
when = [{ column = "Class", is = "IP" }]
[file.record.columns]
complication_id = { parts = ["Case", { constant = "x" }] }
procedure_id = "Case"
occurred_on = "Day"
type = { constant = "other" }
"""
    own(home, log=BASE + block)
    assert [one.kind for one in read_source("log").file[0].record] == [
        "procedures", "pain_scores", "pain_scores", "complications",
    ]  # fmt: skip
    text = LOG.replace("Class\n", "Class,VAS before\n").replace("OP\n", "OP,85\n").replace("SDC\n", "IP,70\n")
    tables = tables_of("log", [("log.csv", text.encode())], ZONE)
    assert tables.refused == []
    found = "select label, cast(score as double) from pain_scores order by score"
    assert tables.rows(found) == [("baseline", 7.0), ("baseline", 8.5)]
    assert tables.rows("select count(*) from complications") == [(1,)]


@pytest.mark.parametrize(
    ("change", "words"),
    sample(
        [
            (('patient_id = "Pt No"\n', ""), "needs patient_id or procedure_id"),
            (('measured_at = "Visit"\n', ""), "Pain now: say when it was asked"),
            (('context = "rest"', 'colour = "red"'), "colour: there is no such key"),
            ((WIDE[WIDE.index("[[file.scores]]") :], ""), "needs a record or scores"),
        ],
        2,
    ),
)
def test_a_mistake_in_a_questionnaire_is_told(change: tuple[str, str], words: str) -> None:
    assert change[0] in WIDE
    with pytest.raises(UsageProblem, match=re.escape(words)):
        validate_source(WIDE.replace(*change).encode(), "form", "form.toml")


def schema_problems(entries: dict[str, Any]) -> list[str]:
    return [problem.message for problem in jsonschema.Draft202012Validator(source_schema()).iter_errors(entries)]


def test_the_schema_takes_every_shipped_source_and_every_example_of_the_documentation() -> None:
    text = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    # The order of sources is a setting of the home, no source.
    examples = [one for one in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if not one.startswith("order = ")]
    assert examples
    for content in (*examples, BASE, LOOKUP, WIDE, *(path.read_text("utf-8") for path in FOLDER.glob("*.toml"))):
        file = '[[file]]\nname = "log"\n' if content.startswith("[[file.scores]]") else ""
        assert schema_problems(tomllib.loads(file + content)) == []


@pytest.mark.parametrize(
    "change",
    [
        ('performed_on = "Day"', "performed_on = 7"),
        ("performed_on", "performed_at"),
        ("[[file.record]]", "[[file.rekord]]"),
        ('kind = "procedures"', 'kind = "operations"'),
        ('sends = ["deaths", "leaks"]', 'sends = ["death"]'),
    ],
)
def test_the_schema_refuses_what_a_load_would_refuse(change: tuple[str, str]) -> None:
    assert change[0] in BASE
    assert schema_problems(tomllib.loads(BASE.replace(*change)))


def test_the_schema_is_printed_for_editors() -> None:
    done = CliRunner().invoke(app, ["schema", "source"])
    assert done.exit_code == 0
    assert json.loads(done.output) == json.loads(json.dumps(source_schema()))
    assert CliRunner().invoke(app, ["schema", "other"]).exit_code == 2


def test_the_documentation_begins_with_ten_lines_that_load_and_grows_step_by_step(home: Home) -> None:
    text = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    shortest, scores, times, form, lookup, above = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[:6]
    assert len(shortest.splitlines()) == 10
    head = shortest[: shortest.index("[[file]]")]
    own(home, theatre=shortest, pain=shortest + scores, whole=head + lookup + times + scores + form, north=above)
    log = "Case No,Hosp No,Op date,Level,NRS before,NRS 2 days\n1,A,13/02/2026,T12,8,3\n2,B,14/02/2026,L1,7,\n"
    assert tables_of("theatre", [("log.csv", log.encode())], ZONE).rows("select count(*) from procedures") == [(2,)]
    assert tables_of("pain", [("log.csv", log.encode())], ZONE).scores() == [8.0, 3.0, 7.0]
    assert [one.name for one in read_source("whole").file] == ["log", "follow-up form"]
    assert read_source("north").codes == {"setting": {"AMB": "outpatient"}}
