"""Tables that `map` has never seen: most fields right as live keys, and nothing wrong without a word.

The tables of `unfamiliar/` are invented, in seven languages and many forms; `unfamiliar/RIGHT.toml` says what is right.
"""

import io
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.errors import FileRefused, UsageProblem
from data.home import Home
from etl.__main__ import app, map_command
from etl.propose.proposal import propose_source
from tests.deliveries import tables_of
from tests.grids import sample
from tests.loads.unfamiliar_tables import FOLDER, RIGHT, Marks, mark

# The issue asks for 80 %; what these tables reach is held.
LEAST_OF_ONE, LEAST_OF_ALL = 0.8, 0.95


@pytest.fixture(scope="module")
def marks() -> Iterator[dict[str, Marks]]:
    yield {name: mark(name) for name in RIGHT}


def test_nothing_is_silently_wrong(marks: dict[str, Marks]) -> None:
    assert {name: one.silent for name, one in marks.items() if one.silent} == {}


def test_most_fields_of_every_table_are_right(marks: dict[str, Marks]) -> None:
    poor = {name: one.open for name, one in marks.items() if len(one.right) < LEAST_OF_ONE * one.asked}
    assert poor == {}
    right, asked = sum(len(one.right) for one in marks.values()), sum(one.asked for one in marks.values())
    assert right >= LEAST_OF_ALL * asked
    assert len(RIGHT) > 35
    assert asked > 400


@pytest.mark.parametrize("name", sorted(FOLDER.glob("crosstab_*")), ids=lambda path: path.stem)
def test_tables_of_counts_and_means_are_refused(name: object) -> None:
    path = FOLDER / str(name)
    with pytest.raises(FileRefused, match="a table of counts or means"):
        propose_source(path.read_bytes(), path.name)


# Each of another language or form; of their proposals only the zone is filled in.
LOADED = {
    "de_eingriffe": ((24, 23), 23), "es_intervenciones": ((24, 24), 24), "it_interventi": ((30, 30), 30),
    "us_billing": ((24, 24), 24), "nl_excelserie": ((24, 24), 0), "uk_theatre_book": ((24, 24), 24),
}  # fmt: skip


@pytest.mark.parametrize("name", sample(LOADED, 2))
def test_what_is_proposed_loads_once_the_zone_and_a_number_are_said(name: str, home: Home) -> None:
    right = RIGHT[name]
    content = (FOLDER / right["file"]).read_bytes()
    parts = ", ".join(f'"{right["procedures"][one][0]}"' for one in ("patient_id", "performed_on"))
    toml = propose_source(content, right["file"]).replace('time_zone = ""', 'time_zone = "Europe/Berlin"')
    toml = toml.replace("procedure_id = {}", f"procedure_id = {{ parts = [{parts}] }}")
    (home.root / "sources").mkdir(parents=True)
    (home.root / "sources" / "unfamiliar.toml").write_text(toml, encoding="utf-8")
    tables = tables_of("unfamiliar", [(right["file"], content)], "Europe/Berlin", received_at="2026-10-01T12:00:00")
    assert tables.refused == []
    counts, timed = LOADED[name]
    assert tables.rows("select rows_read, rows_loaded from source_files") == [counts]
    assert tables.rows("select count(started_at) from procedures") == [(timed,)]
    scored = len(right.get("scores", {})) * counts[1]
    assert tables.rows("select count(score) from pain_scores") == [(scored,)]


def test_a_proposal_shows_texts_of_codes_that_five_rows_have_and_no_rarer_ones() -> None:
    rows = [
        f"C{n},M{n},{13 + n % 9}/02/2026,T12,{place}" for n, place in enumerate(["Day case"] * 5 + ["Hospice Amber"])
    ]
    text = "Case ID,MRN,Surgery Date,Level,Pathway\n" + "\n".join(rows) + "\n"
    proposal = propose_source(text.encode(), "log.csv")
    assert tomllib.loads(proposal)["codes"]["setting"] == {"Day case": "outpatient"}
    assert "# 1 rarer text: map FILE --show-rare shows them, on the terminal only" in proposal
    assert "Amber" not in proposal
    rare = propose_source(text.encode(), "log.csv", show_rare=True)
    assert tomllib.loads(rare)["codes"]["setting"] == {"Day case": "outpatient", "Hospice Amber": "unknown"}
    assert re.search(r"# decide: one of outpatient, .*\n\"Hospice Amber\"", rare)


def test_a_text_with_more_than_one_meaning_is_guessed_and_asked() -> None:
    rows = "".join(f"C{n};M{n};{13 + n}.02.2026;BWK 12;stationär\n" for n in range(6))
    proposal = propose_source(f"Fall-Nr.;Pat.-Nr.;OP-Datum;Höhe;Aufnahmeart\n{rows}".encode(), "log.csv")
    assert re.search(
        r"# decide: already_inpatient, or another one of .*\n\"stationär\" = \"already_inpatient\"", proposal
    )


@pytest.mark.parametrize(
    ("heading", "cells"),
    sample([
        ("EQ-VAS", [60, 70, 55]), ("ODI score", [4, 6, 8]), ("DEXA T-score", [1, 2, 3]), ("Karnofsky", [7, 8, 9]),
        ("Score ASA", [2, 3, 2]), ("Pain medication", [1, 2, 3]),
        ("Follow-up no", [1, 2, 3]), ("Number of levels", [1, 2, 1]),
        ("Frailty score", [3, 4, 5]),
    ], 4),
)  # fmt: skip
def test_other_scales_and_counts_are_no_pain(heading: str, cells: list[int]) -> None:
    rows = "".join(f"C{n},M{n},{13 + n}/02/2026,L1,{cell}\n" for n, cell in enumerate(cells))
    proposal = tomllib.loads(propose_source(f"Case ID,MRN,Surgery Date,Level,{heading}\n{rows}".encode(), "log.csv"))
    assert [record["kind"] for record in proposal["file"][0]["record"]] == ["procedures"]


def test_a_column_whose_content_disagrees_with_its_heading_is_not_proposed() -> None:
    text = "Case ID,MRN,Surgery Date,Discharge time,Level\nC1,M1,13/02/2026,home,T12\nC2,M2,14/02/2026,ward,L1\n"
    proposal = propose_source(text.encode(), "log.csv")
    assert "discharged_at" not in tomllib.loads(proposal)["file"][0]["record"][0]["columns"]
    assert "# not mapped: Discharge time" in proposal


def test_only_women_may_be_m_in_spanish_and_the_two_letters_are_read_together() -> None:
    head = "NHC;Nº intervención;Fecha intervención;Nivel;Sexo\n"
    only = propose_source((head + "".join(f"{n};Q{n};{13 + n}/02/2026;L1;M\n" for n in range(6))).encode(), "log.csv")
    assert 'sex = { column = "Sexo", codes = "sex" }' in only
    both = "".join(f"{n};Q{n};{13 + n}/02/2026;L1;{'HM'[n % 2]}\n" for n in range(12))
    assert tomllib.loads(propose_source((head + both).encode(), "log.csv"))["codes"]["sex"] == {"H": "M", "M": "F"}


def test_two_columns_that_may_both_be_a_field_are_named() -> None:
    text = "Case ID,MRN,NHS No,Surgery Date,Level\n" + "".join(
        f"C{n},M{n},9{n},{13 + n}/02/2026,L1\n" for n in range(6)
    )
    proposal = propose_source(text.encode(), "log.csv")
    assert re.search(r"# decide: MRN or NHS No fit patient_id equally\npatient_id = \"(MRN|NHS No)\"", proposal)


def test_first_and_last_vertebra_a_duration_and_an_age_with_its_unit_are_understood() -> None:
    head = "N° intervention;IPP;Âge;Date d'intervention;Heure début;Durée (min);Première vertèbre;Dernière vertèbre\n"
    rows = "".join(f"I{n};{n};{70 + n} ans;{13 + n}/01/2026;09:05;45;D12;L1\n" for n in range(6))
    columns = tomllib.loads(propose_source((head + rows).encode(), "bloc.csv"))["file"][0]["record"][0]["columns"]
    assert columns["age_years"] == {"column": "Âge", "pattern": "([0-9]{1,3})"}
    assert columns["levels"] == {"parts": ["Première vertèbre", "Dernière vertèbre"], "between": "-"}
    assert columns["ended_at"] == {"date": "Date d'intervention", "time": "Heure début", "plus": "Durée (min)"}


def test_a_ragged_file_below_its_title_is_understood_and_rare_texts_stay_off_files() -> None:
    proposal = propose_source((FOLDER / "uk_ragged.csv").read_bytes(), "uk_ragged.csv")
    assert "# 26 rows below line 4" in proposal
    assert 'date = "%d-%b-%y"' in proposal
    done = CliRunner().invoke(app, ["map", str(FOLDER / "uk_ragged.csv"), "--out", "x.toml", "--show-rare"])
    assert (done.exit_code, "x.toml" in done.output) != (0, True)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_rare_texts_go_to_a_terminal_only(is_terminal: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a shell's `> FILE` makes a file."""
    rows = "".join(f"{number},Able,Nord\n" for number in range(9))
    (tmp_path / "log.csv").write_text(f"Case,Surgeon,Ort\n{rows}9,Able,Hof\n", encoding="utf-8")
    screen = io.StringIO()
    screen.isatty = lambda: is_terminal  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdout", screen)
    if is_terminal:
        map_command(tmp_path / "log.csv", out=None, show_rare=True)
    else:
        with pytest.raises(UsageProblem, match="single person"):
            map_command(tmp_path / "log.csv", out=None, show_rare=True)
    assert bool(screen.getvalue()) == is_terminal
