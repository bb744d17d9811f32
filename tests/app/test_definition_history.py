"""Definitions have a history: an earlier version is kept, computed, told on Methods, and a restatement says so."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.__main__ import app as commands
from dashboard.exports.bundle.restatement_table import restatement_rows
from dashboard.exports.report.board import board_report, month_of
from dashboard.exports.report.numbers import Scope
from dashboard.journal import sign_offs
from dashboard.text.definitions import topic_entries
from dashboard.view import reader_view
from dashboard.view.reader_view import View
from data.errors import UsageProblem
from data.home import PROJECT, Home
from data.journal import Journal
from queries.catalogue import metric_versions, metrics, sql_files
from queries.catalogue.filters import Filters
from queries.catalogue.metric_versions import find_metric, find_metrics, read_earlier, version_of
from queries.catalogue.metrics import read_catalogue
from queries.explain.restatements import cause_words, month_filters, signed_figure
from queries.figures.summarise import headline_row
from queries.warehouse import open_current
from tests.app.pages import app
from tests.records import Records, loaded, take
from tests.signed_in import as_reader

CHANGED = "returned_within_7_days"
# Its first version read a fact that generations do not keep any more.
NOT_KEPT = {("registration_delay_days", 1)}


def january() -> Records:
    """Three day cases and two who were admitted; one of each came back within 7 days."""
    records = Records()
    for number, setting in enumerate(("outpatient",) * 3 + ("admitted_for_procedure",) * 2):
        day = f"2026-01-{10 + number}"
        back = "2026-01-14" if number in (0, 3) else None
        records.procedure(day, setting=setting, readmitted_on=back, updated_at="2026-02-01T00:00")
    records.reach("2026-04-20")
    return records


@pytest.fixture
def lead(home: Home, monkeypatch: pytest.MonkeyPatch) -> View:
    loaded(home, january())
    as_reader(monkeypatch, "lead")
    return reader_view.open_view(Filters())


def sign_as_before(home: Home, view: View) -> None:
    """A sign-off of January from when the figure had its first version."""
    sign_offs.sign_off(view, "2026-01")
    (event,) = Journal(home.journal).events("sign_off")
    earlier = version_of(CHANGED, 1)
    assert earlier is not None
    signed = signed_figure(open_current(home), earlier, month_filters("2026-01")) | {"metric": CHANGED}
    figures = [signed if row["metric"] == CHANGED else row for row in event.payload["figures"]]
    Journal(home.journal).append(
        "sign_off", "2026-01", event.payload | {"figures": figures}, "one lead", supersedes=event.id
    )


def test_every_version_before_todays_is_kept_or_said_not_to_be() -> None:
    wanted = {(name, version) for name, one in read_catalogue().items() for version in range(1, one.header.version)}
    kept = {(name.partition("@")[0], one.header.version) for name, one in read_earlier().items()}
    assert kept == wanted - NOT_KEPT
    assert kept


def test_both_versions_are_computed_and_exported(home: Home, lead: View) -> None:
    del lead
    january_only = month_filters("2026-01")
    now, before = (headline_row(open_current(home), find_metric(f"{CHANGED}@{one}"), january_only) for one in (2, 1))
    assert [(row["definition_version"], row["numerator"], row["recorded"]) for row in (now, before)] == [
        (2, 1, 3), (1, 2, 5),
    ]  # fmt: skip
    done = CliRunner().invoke(commands, ["export", f"{CHANGED}@1", CHANGED, "--where", "to=2026-01-31"])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(done.output)))
    assert [(row["metric"], row["definition_version"], row["eligible"]) for row in rows] == [
        (f"{CHANGED}@1", "1", "5"), (CHANGED, "2", "3"),
    ]  # fmt: skip


def test_a_version_that_is_not_kept_is_told_with_those_that_are() -> None:
    with pytest.raises(UsageProblem, match="this version is not kept") as told:
        find_metric(f"{CHANGED}@7")
    assert told.value.remedy == "Versions there are: 2, 1"
    with pytest.raises(UsageProblem, match="no such metric"):
        find_metric("nothing@1")


def test_a_restatement_by_definition_is_told_apart_from_one_by_records(home: Home, lead: View, tmp_path: Path) -> None:
    """In Sign-off, restatements.csv and the report; the number by the signed definition stands beside."""
    sign_as_before(home, lead)
    (restated,) = sign_offs.find_restatements(reader_view.open_view(Filters()))
    (change,) = restated.changes
    # Two more counted by the first version; nothing else of the records is another.
    assert cause_words(change) == "the definition changed, version 1 to 2: 2"
    more = Records()
    corrected = {"readmitted_on": "2026-01-15", "updated_at": "2026-03-01T00:00"}
    more.procedures += [january().procedures[place] | corrected for place in (1, 2)]
    take(home, more.write(tmp_path / "more"))
    (restated,) = sign_offs.find_restatements(reader_view.open_view(Filters()))
    told = next(one for one in restated.changes if one.metric == CHANGED)
    assert cause_words(told) == "the definition changed, version 1 to 2: 2; corrections: 2"
    rows = restatement_rows(home, open_current(home)).set_index(["metric", "figure"])
    row = rows.loc[(CHANGED, "numerator")]
    assert [row[name] for name in ("signed_version", "version", "signed", "now", "now_as_signed")] == [1, 2, 2, 3, 4]
    assert rows.loc[(CHANGED, "eligible"), "cause"] == cause_words(told)
    assert row["in_words"] == f"Back in hospital within 7 days, January 2026: yes was 2, is now 3; {cause_words(told)}"
    warehouse = open_current(home)
    report = board_report(home, Scope(warehouse, None, month_of(None, warehouse.info.as_of), "department"))
    text = re.sub(r"<[^>]+>", " ", report)
    assert "now, as defined when signed" in text
    assert "the definition changed, version 1 to 2: 2; corrections: 2" in text


@pytest.mark.usefixtures("lead")
def test_methods_lists_the_dated_history() -> None:
    entry = next(one for one in topic_entries("discharge") if one.file == CHANGED)
    (earlier,) = entry.history
    assert earlier.text.startswith("**Version 1, until 29 November 2026.** Since then: Only day cases count")
    assert f"export {CHANGED}@1" in earlier.text
    at = app("methods", topic="discharge")
    at.session_state[f"method_{CHANGED}"] = True
    at.run()
    assert not at.exception
    assert earlier.text in [one.value for one in at.markdown]
    assert earlier.sql in [one.value for one in at.code]


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the queries in which metrics may be changed."""
    folder = tmp_path / "queries"
    for part in ("metrics", "views"):
        (folder / part).mkdir(parents=True)
        for path in (PROJECT / "queries" / part).glob("*.sql"):
            (folder / part / path.name).write_bytes(path.read_bytes())
    caches = (metrics.read_catalogue, metric_versions.read_earlier, metrics.read_views)
    for module in (metrics, metric_versions, sql_files):
        monkeypatch.setattr(module, "FOLDER", folder)
    for cache in caches:
        cache.cache_clear()
    yield folder / "metrics"
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


def test_a_changed_metric_of_timepoints_keeps_its_earlier_version_beside_it(scratch: Path) -> None:
    now = (scratch / "responders_50.sql").read_text(encoding="utf-8")
    dated = DATED.replace('"x"', '"More than half, not half."')
    (scratch / "responders_50@1.sql").write_text(now.replace("version = 1\n", dated), encoding="utf-8")
    changed = now.replace("version = 1\n", "version = 2\n").replace(" >= pain_outcomes", " > pain_outcomes")
    (scratch / "responders_50.sql").write_text(changed, encoding="utf-8")
    found = find_metrics("responders_50@1")
    assert [one.name for one in found][:2] == ["responders_50_hours_24_72@1", "responders_50_follow_up@1"]
    assert all(" >= pain_outcomes" in one.sql for one in found)
    assert [one.header.version for one in find_metrics("responders_50")] == [2] * len(found)
    assert "responders_50_hours_24_72@1" not in read_catalogue()


DATED = 'version = 1\nuntil = 2026-12-01\nchanged = "x"\n'


@pytest.mark.parametrize(
    ("file", "version", "where"),
    [
        ("responders_50@1.sql", "version = 1\n", "metrics/responders_50@1.sql, until"),
        ("responders_50@1.sql", DATED, "metrics/responders_50@1.sql, version"),
        ("nothing@1.sql", DATED, "metrics/nothing@1.sql, version"),
    ],
    ids=["undated", "not before today's", "of nothing"],
)
def test_an_earlier_version_that_is_none_is_named_with_its_key(
    file: str, version: str, where: str, scratch: Path
) -> None:
    text = (scratch / "responders_50.sql").read_text(encoding="utf-8")
    (scratch / file).write_text(text.replace("version = 1\n", version), encoding="utf-8")
    with pytest.raises(UsageProblem) as told:
        read_earlier()
    assert told.value.where == where
