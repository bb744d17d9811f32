"""The field dictionary: what an entry makes, and what is said of one that cannot be."""

from pathlib import Path

import duckdb
import pytest

from data.errors import UsageProblem
from data.field_dictionary import FOLDER, TABLES, VERSIONS, Field, fact_fields, field_of, read_fields, shape_version
from data.field_sql import EACH, fields_named, fill_fields, pattern_words, schema_sql
from data.home import PROJECT
from etl import rules
from etl.build.statements import run_sql
from etl.operations.column_guide import guide_lines
from etl.propose.heading_meanings import field_words, heading_words
from etl.sources.canonical import KINDS, PAIN_SCORES, PROCEDURES
from queries.catalogue.filters import KEYS, ORDERED_VALUES
from queries.explain.facts import fact_of_column
from queries.warehouse import SCHEMA_VERSION, TABLES_SHAPE

NEW = (("procedures", "fracture_age_days"), ("pain_scores", "pain_medication"))


def entry(**keys: object) -> dict[str, object]:
    return {"type": "text", "meaning": "Words.", "since": 5, "optional": True} | keys


def written(folder: Path, table: str, name: str, keys: dict[str, object]) -> Path:
    """A copy of the dictionary with one more entry."""
    copy = folder / "fields"
    copy.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.toml"):
        (copy / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    lines = [f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}" for key, value in keys.items()]
    with (copy / f"{table}.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[{name}]\n" + "\n".join(lines) + "\n")
    return copy


@pytest.mark.parametrize(
    ("name", "keys", "words"),
    [
        ("ward", entry(type="colour"), "ward.type"),
        ("ward", entry(colour="red"), "ward.colour"),
        ("ward", entry(meaning=""), "ward.meaning"),
        ("Ward", entry(), "Ward.name"),
        ("ward", entry(type="closed"), "closed needs values"),
        ("ward", entry(values=["a"]), "closed needs values"),
        ("ward", entry(type="grade", least=1), "grade needs least and most"),
        ("ward", entry(type="date"), "ends in _on"),
        ("ward_at", entry(), "only dates and times"),
        ("ward", entry(optional=False), "a new column is optional"),
        ("ward", entry(profiles=["safe_harbor"]), "may not leave in the safe_harbor profile"),
        ("ward", entry(filter=True), "filter needs outcomes"),
        ("ward", entry(type="number", bands=[3, 2], outcomes=True), "bands are rising numbers"),
    ],
)
def test_an_impossible_entry_is_named_by_file_and_key(tmp_path: Path, name: str, keys: dict, words: str) -> None:
    with pytest.raises(UsageProblem) as error:
        read_fields(written(tmp_path, "procedures", name, keys))
    assert str(error.value).startswith(f"data/fields/procedures.toml, {name}")
    assert words in str(error.value)


def test_a_fact_must_be_of_a_procedure_or_a_score(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"contacts\.toml, ward: .*outcomes is for"):
        read_fields(written(tmp_path, "contacts", "ward", entry(outcomes=True)))


def test_a_file_that_is_missing_or_no_toml_is_named(tmp_path: Path) -> None:
    copy = written(tmp_path, "procedures", "ward", entry())
    (copy / "stays.toml").write_text("a = ", encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"data/fields/stays\.toml: not valid TOML"):
        read_fields(copy)
    (copy / "stays.toml").unlink()
    with pytest.raises(UsageProblem, match=r"data/fields/stays\.toml: the file is missing"):
        read_fields(copy)


def test_every_pattern_asks_for_tables_and_words_that_exist() -> None:
    found = 0
    for folder in ("data", "etl/build/sql", "queries"):
        for path in (PROJECT / folder).rglob("*.sql"):
            text = path.read_text(encoding="utf-8")
            found += len(EACH.findall(text))
            assert "/*each " not in fill_fields(text), path
    assert found > 40
    with pytest.raises(UsageProblem, match="no such table or word"):
        fill_fields("/*each procedures coloured: {name},*/")


def test_a_field_with_sql_of_its_own_is_left_out_unless_it_is_stored() -> None:
    assert "age_years" not in {one.name for one in fields_named("procedures", [])}
    assert "age_years" in {one.name for one in fields_named("procedures", ["stored"])}
    assert fill_fields("/*each procedures uncompleted closed: {name}*/").split() == [
        "technique", "indication", "intended_stay", "sedation", "delay_reason", "mri_oedema", "osteoporosis_drug",
        "leak_detection",
    ]  # fmt: skip


def test_the_readings_of_each_type() -> None:
    """Every type as statements make it of an entry: what is read, what is unread, and what its column refuses."""
    kinds = {
        "ward": entry(), "frailty": entry(type="grade", least=1, most=9), "walks": entry(type="flag"),
        "bone": entry(type="closed", values=("soft", "hard")), "weight": entry(type="number", least=1, most=300),
        "beds": entry(type="number", whole=True), "seen_on": entry(type="date"), "seen_at": entry(type="time"),
    }  # fmt: skip
    fields = [Field(table="procedures", name=name, **keys) for name, keys in kinds.items()]  # type: ignore[arg-type]
    with duckdb.connect() as connection:
        connection.execute(schema_sql())
        connection.execute("create type bone as enum('soft', 'hard', 'unknown')")
        run_sql(connection, "1_read/01_macros.sql")
        rows = [
            ("3 West", "4", "yes", "Soft", "71.5", "2", "2026-01-31", "2026-01-31T08:30"),
            (None, "10", "maybe", "brittle", "heavy", "2.5", "31.1.", "soon"),
            (None, None, None, None, None, None, None, None),
        ]
        named = ", ".join(kinds)
        values = ", ".join(f"({', '.join('null' if cell is None else repr(cell) for cell in row)})" for row in rows)
        readings = "\n".join(pattern_words(one)["reading"] for one in fields)
        found = connection.execute(
            f"select {readings} true from (select *, 'America/Chicago' as zone from (values {values}) as t({named}))"
            " as readings"
        )
        names = [column[0] for column in found.description]
        told = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        typed = [pattern_words(one)["typed"] for one in fields]
        assert [str(told[0][name]) for name in typed] == [
            "3 West", "4", "True", "soft", "71.500", "2", "2026-01-31", "2026-01-31 14:30:00",
        ]  # fmt: skip
        assert [told[1][name] for name in typed] == [None, None, None, "unknown", None, None, None, None]
        unread = [name for name in names if name.endswith("_unread")]
        assert len(unread) == 7
        assert [[row[name] for name in unread] for row in told] == [[False] * 7, [True] * 7, [False] * 7]
        columns = ", ".join(f"{one.name} {pattern_words(one)['column']}" for one in fields)
        connection.execute(f"create table kept ({columns})")
        connection.execute("insert into kept (weight, frailty) values (300, 9)")
        for bad in ("(weight) values (301)", "(frailty) values (0)", "(bone) values ('brittle')"):
            with pytest.raises(duckdb.Error):
                connection.execute(f"insert into kept {bad}")


@pytest.mark.parametrize(("table", "name"), NEW)
def test_the_entry_alone_makes_a_field(table: str, name: str) -> None:
    field = field_of(table, name)
    assert field is not None
    for folder in ("etl", "queries", "dashboard"):
        for path in (PROJECT / folder).rglob("*.*"):
            if path.suffix in {".py", ".sql", ".toml", ".html"}:
                assert name not in path.read_text(encoding="utf-8"), path
    kind = next(one for one in KINDS if one.name == table)
    assert name in kind.optional
    assert name in {one.field for one in rules.conditions_of_kind(table)}
    assert any(f"| `{name}` | {field.meaning}" in line for line in guide_lines())
    assert field in fact_fields()
    assert field.filter_key in KEYS
    assert ORDERED_VALUES[field.filter_key] == field.filter_values
    assert fact_of_column(field.fact).words(None).endswith("not recorded")


def test_facts_are_said_in_words() -> None:
    assert fact_of_column("referred_day").words(-21) == "referral 21 days before"
    assert fact_of_column("bone_density_day").words(1) == "bone density 1 day after"
    assert fact_of_column("baseline_opioids").words(True) == "opioids before yes"
    assert fact_of_column("baseline_rmdq").words(17) == "RMDQ before 17 points, 0 to 24"
    assert fact_of_column("baseline_eq5d_index").words(0.383) == "EQ-5D before 0.383 index"
    assert fact_of_column("fracture_age_days").words(30) == "fracture age 30 days"
    assert fact_of_column("baseline_pain_medication").words(True) == "pain medication before yes"
    assert fact_of_column("asa_class").words(3) == "ASA class 3"
    assert fact_of_column("region").words("lumbar") == "region lumbar"


@pytest.mark.parametrize(
    ("heading", "table", "name"),
    [
        ("On opioids", "pain_scores", "opioids"), ("Opioide", "pain_scores", "opioids"),
        ("Roland Morris", "pain_scores", "rmdq"), ("Oswestry Score", "pain_scores", "odi"),
        ("EQ-5D-5L index", "pain_scores", "eq5d_index"), ("index EQ-5D", "pain_scores", "eq5d_index"),
        ("PGIC", "pain_scores", "change_rating"), ("Zufriedenheit", "pain_scores", "satisfaction"),
        ("Referral date", "procedures", "referred_on"), ("MRT-Datum", "procedures", "imaged_on"),
        ("MRI edema", "procedures", "mri_oedema"), ("DXA date", "procedures", "bone_density_on"),
        ("Leak detection", "procedures", "leak_detection"), ("Leckagekontrolle", "procedures", "leak_detection"),
        ("Osteoporosis medication", "procedures", "osteoporosis_drug"),
        ("Fracture age (days)", *NEW[0]), ("Frakturalter", *NEW[0]), ("Âge de la fracture", *NEW[0]),
        ("Días desde la fractura", *NEW[0]), ("DAYS_SINCE_FRACTURE", *NEW[0]), ("Dagen sinds fractuur", *NEW[0]),
        ("Analgesics", *NEW[1]), ("Schmerzmittel", *NEW[1]), ("Antalgiques", *NEW[1]), ("Pijnstillers", *NEW[1]),
        ("Antidolorifici", *NEW[1]), ("Medicação para a dor", *NEW[1]),
    ],
)  # fmt: skip
def test_senders_names_are_known(heading: str, table: str, name: str) -> None:
    fit, is_sure = field_words(table)[name].fit(heading_words(heading))
    assert fit >= 0.85
    assert is_sure
    others = {other: words.fit(heading_words(heading))[0] for other, words in field_words(table).items()}
    assert max(others, key=lambda other: others[other]) == name


def test_other_headings_are_not_taken_for_a_new_field() -> None:
    for heading in ("Age", "Fracture level", "Pain score", "Tage", "Fraktur", "Medication list", "Schmerz"):
        for table, name in NEW:
            assert field_words(table)[name].fit(heading_words(heading))[0] < 0.65, (heading, name)


def test_the_newest_entry_asks_for_a_rebuild() -> None:
    assert max(TABLES_SHAPE, shape_version()) == SCHEMA_VERSION
    assert shape_version() == max(one.since for table in TABLES for one in read_fields()[table].fields)


def test_files_hold_the_columns_in_the_order_of_the_entries() -> None:
    assert set(read_fields()) == {*TABLES, VERSIONS}
    assert PAIN_SCORES.all_columns == (
        "score_id", "patient_id", "procedure_id", "measured_at", "score", "context", "instrument", "mode", "timepoint",
        "record_status", "updated_at", "pain_medication", "opioids", "opioid_mme", "change_rating", "satisfaction",
        "rmdq", "rmdq_items", "odi", "eq5d_index",
    )  # fmt: skip
    assert PROCEDURES.optional == (
        "intended_stay", "fracture_age_days", "referred_on", "imaged_on", "mri_oedema", "pain_during",
        "bone_density_on", "osteoporosis_drug", "osteoporosis_drug_on", "osteoporosis_referred_on",
        "conservative_care_failed", "leak_detection",
    )  # fmt: skip
