"""Rules of selection: met, not met, or not documented."""

from pathlib import Path

import pandas as pd
import pytest

from data.errors import UsageProblem
from queries.catalogue.selection_rules import SelectionRule, judge_rule, read_rules

PAIN = SelectionRule.model_validate(
    {
        "title": "Pain",
        "source": "s",
        "any": [{"baseline": {"least": 8}}, {"baseline": {"least": 5}, "setting": {"is": ["outpatient"]}}],
    }
)


def test_a_missing_fact_leaves_a_rule_open_unless_others_decide() -> None:
    facts = pd.DataFrame(
        {
            "baseline": [8.0, 6.0, 6.0, 4.0, None, 6.0],
            "setting": [None, "outpatient", "already_inpatient", None, "outpatient", None],
        }
    )
    met, documented = judge_rule(PAIN, facts)
    assert met.tolist() == [True, True, False, False, False, False]
    assert documented.tolist() == [True, True, True, True, False, False]


def test_flags_and_unknown_values() -> None:
    rule = SelectionRule.model_validate(
        {
            "title": "t",
            "source": "s",
            "any": [{"conservative_care_failed": {"is": [True]}, "mri_oedema": {"is": ["yes"]}}],
        }
    )
    facts = pd.DataFrame(
        {"conservative_care_failed": [True, False, None, True], "mri_oedema": ["yes", "yes", "no", "unknown"]}
    )
    met, documented = judge_rule(rule, facts)
    assert (met.tolist(), documented.tolist()) == ([True, False, False, False], [True, True, True, False])


def test_the_shipped_rules_are_read() -> None:
    assert [one.facts for one in read_rules()] == [
        ("baseline", "setting"), ("mri_oedema",), ("fracture_age_days",),
        ("conservative_care_failed",), ("level_count",),
    ]  # fmt: skip


def test_a_fact_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    (tmp_path / "settings").mkdir()
    text = '[[rule]]\ntitle = "x"\nsource = "y"\nany = [{ colour = { is = ["red"] } }]\n'
    (tmp_path / "settings" / "selection.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"selection\.toml, x: there is no fact colour"):
        read_rules()
