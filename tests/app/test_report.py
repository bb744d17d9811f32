"""The board report: one file that needs nothing else, by the gates of the pages, and safe for readers outside."""

import html
import os
import re
import stat
from datetime import date
from pathlib import Path

import pytest

from dashboard.exports import row_downloads
from dashboard.exports.report.board import board_report, month_of
from dashboard.exports.report.numbers import HEADLINES, HIDDEN, Scope, figure_words, headline_table
from dashboard.exports.report.pictures import DRAWN
from dashboard.exports.report.printing import send_mail
from dashboard.exports.report.report_command import write_report, write_reports
from dashboard.journal.targets import set_target
from dashboard.text import phrases
from dashboard.view.reader_view import open_view
from dashboard.widgets.trend_panel import below_words
from dashboard.widgets.view_trends import trend_of, view_changes
from data import export_log
from data.errors import StorageProblem, UsageProblem
from data.home import Home
from data.journal import Journal
from queries.catalogue.filters import EVERYTHING
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.spans import USUAL_AGAINST, USUAL_SPAN, Span
from queries.figures.gates import FIRM
from queries.figures.outside.outside_readers import open_for_outside
from queries.trends.annotations import targets_of
from queries.warehouse import open_current
from tests.app.pages import app, texts
from tests.records import Records, loaded
from tests.signed_in import as_reader

LIBRARY = re.compile(r"<script>.*?</script>", re.DOTALL)
# The page whose headline tells a figure.
MAIN = {
    "pain_relief": "responders_50_hours_24_72",
    "recovery": "home_ready_within_6_hours",
    "same_day_discharge": "day_case_completed",
    "safety": "serious_or_death_30_days",
}


def scope(home: Home, audience: str = "department", site: str | None = None, month: str | None = None) -> Scope:
    warehouse = open_for_outside(home) if audience == "outside" else open_current(home)
    return Scope(warehouse, site, month_of(month, warehouse.info.as_of), audience)  # type: ignore[arg-type]


def squeezed(markup: str) -> str:
    """The text without tags and spaces."""
    return re.sub(r"<[^>]+>|\s", "", markup)


def test_one_file_holds_everything(department: Home) -> None:
    text = board_report(department, scope(department))
    assert text == board_report(department, scope(department))
    assert text.count("plotly.js v") == 1
    titles = ["What changed", "Figures", "Charts", "Notes", "Figures restated since they were signed off"]
    assert re.findall("<h2>([^<]+)</h2>", text) == [*titles, "Data quality", "Definitions"]
    without_library = LIBRARY.sub("", text, count=1)
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", without_library)
    assert '"showSendToCloud": false' in text and '"displaylogo": false' in text
    assert "default-src 'none'" in text
    assert text.count('role="img" aria-label="') == 5


def test_figure_by_figure_it_says_what_the_pages_say(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same procedures, the same numbers, the same verdicts: up to the month of the report, in the first view."""
    as_reader(monkeypatch, "lead")
    asked = scope(synthetic)
    report = html.unescape(LIBRARY.sub("", board_report(synthetic, asked), count=1))
    pages = {name: texts(app(name)) for name in MAIN}
    view = open_view(EVERYTHING.with_values("technique", ("vertebroplasty",)), Span(USUAL_SPAN, USUAL_AGAINST))
    table = headline_table(asked, {}).set_index("figure")
    for name in HEADLINES:
        figure = view.figure(name)
        told = table["12 months"][read_catalogue()[name].title]
        assert told == figure_words(view.figures(name)) and squeezed(told) in squeezed(report), name
        before = view.before(name)
        assert before is not None
        assert table["the 12 before"][read_catalogue()[name].title] == figure_words(before.figures(name)), name
        if name not in MAIN.values():
            continue
        page = next(page for page, metric in MAIN.items() if metric == name)
        counts = phrases.count_of(figure["numerator"], figure["recorded"])
        assert counts in told and counts in pages[page], name
        rate = phrases.event_rate_words(figure) if page == "safety" else phrases.value_words(figure)
        assert figure["gate"] in FIRM and rate in told and rate in pages[page], name
    changes = view_changes(view)
    for sentence in (*changes.sentences, changes.otherwise):
        assert sentence in report
    for name in DRAWN:
        trend = trend_of(view, name).trend
        assert trend.told in report
        page = pages[next(page for page, metric in MAIN.items() if metric == name)].replace("\\", "")
        assert below_words(trend) in page
    assert "signal above" not in report


def test_it_compares_with_the_year_before_and_holds_targets_of_the_app(
    synthetic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_reader(monkeypatch, "lead")
    asked = scope(synthetic)
    year = asked.year("day_case_completed")
    assert year.date_from
    view = open_view(year)
    set_target(view, "day_case_completed", 5.0, year.date_from)
    set_target(view, "responders_50_hours_24_72", 99.0, date(2020, 1, 1))
    table = headline_table(asked, targets_of(synthetic)).set_index("figure")
    told = table.loc["Same-day discharge"]
    assert told["target"] == f"5 % since {year.date_from:%B %Y}: ✓ target met"
    assert table["target"]["Pain halved at 24–72 hours"] == "99 % since January 2020: ✗ target missed"
    assert table["target"]["Procedures"] == ""
    report = html.unescape(LIBRARY.sub("", board_report(synthetic, asked), count=1))
    assert "✗ target missed" in report and "target 99" in report
    assert "target" not in headline_table(scope(synthetic, "outside"), targets_of(synthetic))


def test_the_logo_and_the_name_of_the_department_stand_in_it(home: Home) -> None:
    records = Records()
    for place in range(3):
        records.procedure(f"2026-01-1{place}")
    loaded(home, records)
    home.settings.mkdir(exist_ok=True)
    (home.settings / "department.toml").write_text('name = "A & B"\nlogo = "l.svg"\naccent = "#884400"\n')
    (home.settings / "l.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    report = board_report(home, scope(home))
    assert "A &amp; B</div>" in report and "src='data:image/svg+xml;base64," in report and "#884400" in report


def test_what_other_techniques_it_leaves_out_stands_in_it(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "lead")
    asked = scope(synthetic)
    chosen = asked.filters()
    left_out = (
        open_view(chosen.with_values("technique", ())).extent().procedures - open_view(chosen).extent().procedures
    )
    assert left_out and f"Vertebroplasty: {phrases.other_techniques(left_out)}." in board_report(synthetic, asked)
    assert f"{left_out:,} of another technique: show" in [
        button.label for button in app(to=asked.month.end.isoformat()).button
    ]
    outside = board_report(synthetic, scope(synthetic, "outside"))
    assert "Vertebroplasty: other techniques not shown." in outside


def test_events_of_few_followed_up_are_no_rate_in_it(home: Home) -> None:
    records = Records()
    for place in range(25):
        row = records.procedure("2026-01-12")
        if place < 3:
            records.complication(row, "2026-01-15", "haematoma", severity="D")
        if place < 11:
            records.contact(row, "2026-03-20T10:00", "follow_up_visit", "attended")
    records.procedure("2026-03-12", died_on="2026-03-13")
    loaded(home, records)
    table = headline_table(scope(home), {}).set_index("figure")["12 months"]
    told = table[read_catalogue()["serious_or_death_30_days"].title]
    assert told == "3 of 25: reported events, not a rate; 11 of 25 known to be followed up"


def test_outside_gets_no_small_number(department: Home) -> None:
    outside = board_report(department, scope(department, "outside"))
    assert "exact figures" not in outside
    assert "counts from 1 to 10 are hidden" in outside
    assert "nothing is signed off yet" in outside
    assert "<h2>Notes</h2>" not in outside
    told = " ".join(headline_table(scope(department, "outside"), {}).drop(columns="figure").to_numpy().ravel())
    assert HIDDEN in told
    counts = [int(one.replace(",", "")) for one in re.findall(r"([\d,]+) (?:of|recorded)", told)]
    counts += [int(one.replace(",", "")) for one in re.findall(r"of ([\d,]+)", told)]
    assert counts
    assert all(count % 5 == 0 for count in counts)


def test_notes_of_a_site_stand_in_its_report_and_in_that_of_all(home: Home) -> None:
    records = Records()
    for place in range(12):
        records.procedure(f"2026-0{1 + place % 3}-12", site=("Lakeside", "Riverside")[place % 2])
    loaded(home, records)
    payload = {"on": "2026-02-03", "topics": [], "site": "Lakeside", "proposes_rebase": False}
    Journal(home.journal).append("note", "all", payload, "a lead", "a second nurse")
    told = {site: board_report(home, scope(home, site=site)) for site in (None, "Lakeside", "Riverside")}
    assert [site for site, text in told.items() if "a second nurse" in text] == [None, "Lakeside"]
    assert "Lakeside: a second nurse" in told[None]


def test_text_of_the_records_cannot_become_markup(home: Home) -> None:
    records = Records()
    for place in range(12):
        records.procedure(f"2026-0{1 + place % 3}-12", site="<script>alert(1)</script>")
    loaded(home, records)
    text = board_report(home, scope(home, site="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_site_is_told_what_changed_of_its_own_months_since_they_were_signed_off(home: Home) -> None:
    records = Records()
    for place in range(6):
        records.procedure(f"2026-01-{10 + place}", site="Riverside" if place % 2 else "Hillside")
    records.reach("2026-03-05")
    signed = loaded(home, records)
    figures = [{"metric": "procedures", "definition_version": 1, "eligible": 6}]
    payload = {"generation": signed.info.generation, "month": "2026-01", "figures": figures}
    Journal(home.journal).append("sign_off", "2026-01", payload, "lead")
    records.procedure("2026-01-20", site="Riverside")
    loaded(home, records, received_at="2026-06-02T12:00:00")
    row = "<td>January 2026</td><td>Procedures</td><td>counted</td>"
    told = {site: board_report(home, scope(home, site=site)) for site in (None, "Riverside", "Hillside")}
    why = "<td>procedures that came later: 1</td>"
    assert f"{row}<td>6</td><td>7</td>{why}" in told[None]
    assert f"{row}<td>3</td><td>4</td>{why}" in told["Riverside"]
    assert row not in told["Hillside"]
    assert "Records of this site in use: 3 procedures" in told["Hillside"]
    assert "checks passed" in str(told[None])
    assert "checks passed" not in told["Hillside"]


def test_months_that_are_not_over_are_refused(department: Home) -> None:
    as_of = open_current(department).info.as_of
    with pytest.raises(UsageProblem, match="not over"):
        month_of("2030-01", as_of)
    with pytest.raises(UsageProblem, match="not a month"):
        month_of("June", as_of)


def test_by_command_one_file_per_site_written_down_first(
    department: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(department.root))
    write_reports(tmp_path, ["each"], month=None, audience="department", pdf=False)
    files = sorted(tmp_path.iterdir())
    assert [path.name.rsplit("-", 2)[0] for path in files] == [
        "vertebroplasty-northfield-clinic", "vertebroplasty-riverside-hospital",
    ]  # fmt: skip
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    logged = [
        event.payload["file"] for event in export_log.read_exports(department) if event.payload["what"] == "report"
    ]
    assert set(logged) >= {path.name for path in files}
    with pytest.raises(UsageProblem, match="no such site"):
        write_reports(tmp_path, ["Nowhere"], month=None, audience="department", pdf=False)


def test_it_is_handed_to_sendmail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "r.html").write_text("<p>x</p>")
    monkeypatch.setenv("PATH", str(tmp_path))
    if not any(Path(folder, "sendmail").exists() for folder in ("/usr/sbin", "/usr/lib")):
        with pytest.raises(StorageProblem, match="no sendmail"):
            send_mail([tmp_path / "r.html"], "board@example.org", "Outcomes")
    program = tmp_path / "sendmail"
    program.write_text(f"#!/bin/sh\n/bin/cat > {tmp_path}/sent\n")
    program.chmod(0o700)
    send_mail([tmp_path / "r.html"], "board@example.org", "Outcomes")
    sent = (tmp_path / "sent").read_text()
    assert "To: board@example.org" in sent
    assert 'filename="r.html"' in sent


def test_the_page_makes_it_for_its_reader(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = as_reader(monkeypatch, "quality", ["Riverside Hospital"])
    path, event = row_downloads.fetchable_export(reader, row_downloads.prepare_report(open_view(EVERYTHING)))
    assert event.payload["what"] == "report"
    text = path.read_text(encoding="utf-8")
    assert "Riverside Hospital" in text
    as_reader(monkeypatch, "quality", ["Riverside Hospital", "Northfield Clinic"])
    with pytest.raises(UsageProblem, match="one site"):
        row_downloads.prepare_report(open_view(EVERYTHING))


@pytest.mark.skipif("OUTCOMES_REQUIRE_CHROMIUM" not in os.environ and not Path("/usr/bin/chromium").exists(),
                    reason="needs Chromium")  # fmt: skip
def test_it_is_printed_where_a_chromium_is_found(department: Home, tmp_path: Path) -> None:
    page, printed = write_report(department, scope(department, site="Riverside Hospital"), tmp_path, pdf=True)
    assert page.suffix == ".html"
    assert printed.read_bytes().startswith(b"%PDF-")
    assert printed.stat().st_size > 20_000
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed.read_bytes())) <= 6
