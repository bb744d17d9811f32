"""Compare, adjusted for who is treated: beside the crude figure, with what it rests on, or why there is nothing."""

import random
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from dashboard.access.rights import AccessDenied
from dashboard.exports.figures_csv import to_csv
from dashboard.pages.compare import case_mix_panel, compare, risk_course, risk_model_words
from dashboard.pages.compare.comparison_tables import Asked
from dashboard.pages.overview.attention import find_items
from dashboard.pages.overview.digest import digest_view
from dashboard.pages.overview.signals import find_signals
from dashboard.view.reader_view import View, open_view
from data import export_log
from data.home import Home
from data.settings import settings_in_force
from queries.case_mix.risk_models import CaseMix, RiskModel, TooFew
from queries.catalogue.filters import Filters
from queries.catalogue.spans import EVERYTHING
from tests.app.pages import app, texts
from tests.commands import run_dashboard
from tests.records import Records, loaded
from tests.signed_in import as_reader
from tests.synthetic import synthetic_home

# A small department asks for less, by a file in the settings of its home.
OWN = "least_cases = 60\nleast_events = 5\n"


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return synthetic_home(tmp_path_factory, 400, 7)


@pytest.fixture
def served(department: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(department.root))
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path / "home"))
    as_reader(monkeypatch, "lead")
    return tmp_path / "home"


@pytest.fixture
def asking_less(served: Path) -> None:
    (served / "settings").mkdir(parents=True)
    (served / "settings" / "case_mix.toml").write_text(OWN, encoding="utf-8")


def asked_by(view: View, by: str) -> Asked:
    spanned = compare.in_span(view, "day_case_completed")
    return Asked(metric="day_case_completed", by=by, view=spanned, peers=(), around=view)


@pytest.mark.usefixtures("served")
def test_without_enough_cases_the_page_says_what_is_needed() -> None:
    shown = texts(app("compare", open="case_mix"))
    assert "Not enough cases to adjust. Before the period shown there are" in shown
    assert "expected" not in shown.split("Adjusted for who is treated")[-1].split("How does it change")[0]


@pytest.mark.usefixtures("asking_less")
def test_observed_and_expected_stand_beside_the_crude_share() -> None:
    assert settings_in_force("case_mix.toml", CaseMix).least_cases == 60
    # As the page begins.
    asked = asked_by(open_view(Filters.of({"technique": ["vertebroplasty"]})), "site")
    found = compare.compare_choice(asked)
    model = risk_model_words.find_risks(asked.view, asked.metric)
    assert isinstance(model, RiskModel)
    assert model.last < asked.view.filters.date_from
    units = case_mix_panel.filters_of_units(asked, found)
    adjusted = case_mix_panel.adjust_units(asked.view, model, units)
    table = case_mix_panel.ratio_table(asked, found, model, adjusted)
    assert list(table["label"]) == list(found.units["label"])
    assert (table["observed"] + table["left_out"] <= table["recorded"]).all()
    words = case_mix_panel.words_table(table)
    for crude, row in zip(words["yes of recorded, not adjusted"], found.units.itertuples(), strict=True):
        assert crude.startswith(f"{row.numerator:,} of {row.recorded:,}")
    written = to_csv(table).splitlines()[0].split(",")
    needed = {"observed", "expected", "ratio", "ratio_lower", "ratio_upper", "fit_first_day", "fit_cases", "penalty"}
    assert needed <= set(written)
    shown = texts(app("compare", open="case_mix"))
    assert f"Expected from {model.cases:,} cases" in shown
    assert "The period stays as more is loaded." in shown
    assert "lowest fifth by expected risk" in shown
    odds = risk_model_words.odds_table(model).set_index("")
    assert odds.loc["age"].iloc[-1] == f"× {np.exp(model.fit.slopes[0]):.2f}"
    assert "indication: tumour" in shown


@pytest.mark.usefixtures("asking_less")
def test_a_period_that_the_model_was_fitted_on_is_not_shown() -> None:
    asked = asked_by(open_view(Filters()), "period")
    found = compare.compare_choice(asked)
    model = risk_model_words.find_risks(asked.view, asked.metric)
    assert isinstance(model, RiskModel)
    units = case_mix_panel.filters_of_units(asked, found)
    early = [label for label, one in units.items() if one.date_from <= model.last]
    assert list(case_mix_panel.adjust_units(asked.view, model, units).in_fit) == early
    assert len(early) == 1


@pytest.mark.usefixtures("asking_less")
def test_all_cases_after_the_fit_are_followed_one_by_one() -> None:
    view = open_view(Filters())
    model = risk_model_words.find_risks(asked_by(view, "site").view, "day_case_completed")
    followed = risk_course.follow_course(view, model)
    assert followed.filters.date_from == model.last + timedelta(days=1)
    assert followed.course.days[0] > model.last
    counted = view.within((followed.filters.date_from, None)).figure("day_case_completed")
    assert followed.course.numbers[-1] <= counted["recorded"]
    # The line ends where yes and expected of the subtitle are apart.
    yes, expected = re.findall(r"([\d.]+) yes, ([\d.]+) expected", followed.subtitle)[0]
    assert followed.course.beyond[-1] == pytest.approx(int(yes) - float(expected), abs=0.06)
    assert "at most 5 of 100 such departments would pass the limit of more" in followed.chances
    assert risk_course.follow_course(replace(view, filters=Filters.of({"site": ["Nowhere"]})), model) is None


@pytest.mark.usefixtures("served")
def test_safety_says_when_events_are_too_few_to_adjust() -> None:
    shown = texts(app("safety", open="case_mix"))
    for title in ("Serious complication or death within 30 days", "Any complication", "Readmitted within 30 days"):
        assert re.search(f"{title}[^:\n]*: Not enough cases to adjust", shown)


@pytest.mark.usefixtures("asking_less")
def test_whether_patients_were_asked_is_not_adjusted() -> None:
    shown = app("compare", open="case_mix", figure="recorded_hours_24_72")
    assert "Adjusted for who is treated" not in [one.label for one in shown.expander]


@pytest.mark.usefixtures("asking_less")
def test_readers_of_one_site_get_a_model_of_their_site_only(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = risk_model_words.find_risks(asked_by(open_view(Filters()), "site").view, "day_case_completed")
    as_reader(monkeypatch, "lead", ["Riverside Hospital"])
    view = asked_by(open_view(Filters()), "site").view
    own = risk_model_words.find_risks(view, "day_case_completed")
    assert own.cases < whole.cases
    with pytest.raises(AccessDenied):
        case_mix_panel.adjust_units(view, own, {"other": Filters.of({"site": ["Northfield Clinic"]})})


@pytest.mark.usefixtures("asking_less")
def test_readers_outside_get_no_adjusted_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    view = asked_by(open_view(Filters()), "site").view
    as_reader(monkeypatch, "viewer")
    outside = View(view.path, view.info, open_reader(), view.filters)
    for ask in (
        lambda: risk_model_words.find_risks(outside, "day_case_completed"),
        lambda: case_mix_panel.adjust_units(outside, None, {}),
    ):
        with pytest.raises(AccessDenied):
            ask()


def open_reader():
    from dashboard.view.reader_view import reader_now  # noqa: PLC0415 - as the test has just become this reader

    return reader_now()


def test_what_is_missing_is_said_in_words() -> None:
    few = TooFew(reason="events", cases=432, events=74, least_cases=200, least_events=80, last=None)
    assert (
        "432 cases, 74 with the rarer answer. At least 200 cases, 80 of the rarer answer"
        in risk_model_words.too_few_sentence(few)
    )


@pytest.fixture
def improved(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Two sites. Half went home the same day while the model was fitted; in the year after it all but a few."""
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    home.settings.mkdir(parents=True)
    (home.settings / "case_mix.toml").write_text(OWN, encoding="utf-8")
    records, chance = Records(), random.Random(5)
    for place in range(170):
        day = date(2024, 3, 1) + timedelta(days=5 * place)
        stays = place % 2 if day < date(2025, 6, 1) else place % 12 == 0
        left = f"{day + timedelta(days=int(stays))}T16:00"
        site = ("Northfield", "Riverside")[place // 2 % 2]
        records.procedure(day.isoformat(), discharged_at=left, age_years=60 + chance.randrange(30), site=site)
    loaded(home, records)
    return home


@pytest.mark.usefixtures("improved")
def test_a_limit_that_was_passed_needs_attention_and_is_a_signal() -> None:
    view = digest_view(None)
    found = [one for one in find_items(view).favourable if one.cause.startswith("case_mix:")]
    # What got better waits for nobody.
    assert not [one for one in find_items(view).waiting if one.cause.startswith("case_mix:")]
    assert [(one.page, one.query) for one in found][:1] == [
        ("compare", {"open": "case_mix", "figure": "day_case_completed"})
    ]
    said = found[0].text
    assert said.startswith("Same-day discharge: more often than these patients let expect, case by case (limit passed")
    told = [one for one in find_signals(view) if one.kind == "case_mix"]
    assert said in [one.text for one in told]
    # Whatever period is chosen, the same is told.
    assert found == [one for one in find_items(open_view(Filters())).favourable if one.cause.startswith("case_mix:")]
    # The page that it leads to says so too.
    assert "More often than expected: limit passed in" in "".join(
        str(one.proto.spec) for one in app("compare", **found[0].query).get("plotly_chart")
    )
    # Of days after the limit was passed nothing waits.
    later = replace(view, filters=replace(view.filters, date_from=date(2026, 6, 20), date_to=None), span=EVERYTHING)
    assert not list(risk_course.passed_limits(later, ("day_case_completed",)))


def test_the_adjusted_table_of_the_page_is_exported_by_command_too(improved: Home) -> None:
    asked = asked_by(digest_view(None), "site")
    found = compare.compare_choice(asked)
    model = risk_model_words.find_risks(asked.view, asked.metric)
    units = case_mix_panel.filters_of_units(asked, found)
    shown = case_mix_panel.ratio_table(asked, found, model, case_mix_panel.adjust_units(asked.view, model, units))
    done = run_dashboard("export", asked.metric, "--by", "site", "--adjusted")
    assert (done.returncode, done.stdout) == (0, to_csv(shown))
    assert len(shown) == 2
    assert export_log.read_exports(improved)[-1].payload["what"] == "figures"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("day_case_completed", "--adjusted"), "Give --by site or --by operator"),
        (("day_case_completed", "--adjusted", "--by", "operator"), "Give --where site=NAME"),
        (("died_30_days", "--adjusted", "--by", "site"), "is not adjusted"),
        (
            ("day_case_completed", "--adjusted", "--by", "site", "--where", "to=2024-12-31"),
            "Not enough cases to adjust",
        ),
        (("day_case_completed", "--adjusted", "--by", "site", "--audience", "outside"), "not for readers outside"),
    ],
)
@pytest.mark.usefixtures("improved")
def test_what_cannot_be_adjusted_by_command_says_why(given: tuple[str, ...], words: str) -> None:
    done = run_dashboard("export", *given)
    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.usefixtures("asking_less")
def test_the_adjusted_answer_is_told_by_the_closed_panel() -> None:
    panel = next(one for one in app("compare").expander if one.label.startswith("Adjusted for who is treated"))
    ratio = r"[\w ]+ \d\.\d\d"
    assert re.fullmatch(
        r"Adjusted for who is treated(: sites still differ\. O|, o)bserved ÷ expected by [\w ]+: "
        rf"{ratio}, {ratio}; all together \d\.\d\d(; read with caution, expected is uncertain)?",
        panel.label,
    )
