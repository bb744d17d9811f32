"""Answers to questionnaires: nested items, answers of any type, and only what was handed in."""

from typing import Any

from tests.deliveries import tables_of
from tests.fhir import FIRST, Resource, lines


def response(number: str, *items: Resource, **more: Any) -> Resource:
    return {
        "resourceType": "QuestionnaireResponse", "id": number, "meta": {"lastUpdated": FIRST}, "status": "completed",
        "subject": {"reference": "Patient/p1"}, "authored": "2026-01-13T22:30:00Z",
        "item": [{"linkId": "page", "item": list(items)}],
    } | more  # fmt: skip


def item(name: str, *answers: Resource, **more: Any) -> Resource:
    return {"linkId": name, "answer": list(answers)} | more


def test_answers_are_scores_and_a_draft_is_not_loaded() -> None:
    coded = {"valueCoding": {"code": "c", "extension": [{"url": "http://x/ordinalValue", "valueDecimal": 6}]}}
    inside = {"resourceType": "Patient", "id": "me", "identifier": [{"value": "00777"}]}
    resources = [
        response("a", item("pain-at-rest", {"valueInteger": 7}), item("pain-on-activity", {"valueDecimal": 8.5})),
        response("b", item("pain-at-rest", coded)),
        response("c", item("pain-at-rest", {"valueCoding": {"code": "LA6113-0"}})),
        response(
            "d", item("other", {"valueInteger": 3}, definition="http://loinc.org/72514-3", code=[{"code": "72514-3"}])
        ),
        response("e", item("pain-at-rest", {"valueInteger": 5}), status="in-progress"),
        response("f", item("pain-at-rest", {"valueInteger": 5}), status="amended"),
        response("g", item("pain-at-rest", {"valueInteger": 1}, {"valueInteger": 2})),
        response("h", item("pain-at-rest", {"valueInteger": 4}), subject={"reference": "#me"}, contained=[inside]),
        response("i", item("pain-at-rest")),
    ]
    tables = tables_of("fhir_questionnaire", [("a.ndjson", lines(resources))], "Australia/Sydney")
    assert tables.refused == []
    assert tables.rejected() == [(5, "status_not_loaded"), (7, "score_unreadable")]
    assert tables.rows(
        "select cast(score as double), context from pain_scores where score is not null order by score_id"
    ) == [(7, "rest"), (8.5, "activity"), (6, "rest"), (2, "rest"), (3, "rest"), (5, "rest"), (4, "rest")]
    assert tables.rows("select distinct cast(measured_on as varchar) from pain_scores") == [("2026-01-14",)]
    assert (9, "score_not_recorded") in tables.warned()
