"""A prepared file goes to the reader who prepared it and to nobody else, byte for byte as the log says."""

import csv
import hashlib
import io
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.exports.bundle.bundle import Receipt, export_bundle
from dashboard.exports.bundle.order import Order, Profile
from data import export_log
from data.home import Home
from queries.catalogue.filters import Filters
from queries.explain.table_extracts import procedure_ids
from queries.warehouse import open_current
from tests.access.conftest import canary_records
from tests.access.serving import Gated
from tests.records import loaded


def prepared(app: Gated, profile: str, author: str) -> Receipt:
    chosen = Order(profile=Profile(profile), filters=Filters.of({"levels": ["1"]}), recipient="the registry")
    return export_bundle(app.home, open_current(app.home), order=chosen, author=author, purpose="test")


def test_only_its_owner_gets_an_export(app: Gated) -> None:
    receipt = prepared(app, "limited", "quentin")
    address = f"/export/{receipt.export_id}"
    assert {who: app.get(address, who).status for who in (None, "vera", "cora", "leo", "ada")} == {
        None: 401, "vera": 403, "cora": 403, "leo": 403, "ada": 403,
    }  # fmt: skip
    answer = app.get(address, "quentin")
    assert answer.status == 200
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["content-disposition"].startswith("attachment")
    event = export_log.find_export(app.home, receipt.export_id)
    assert event is not None
    assert hashlib.sha256(answer.body).hexdigest() == event.payload["sha256"]
    receipt.path.write_bytes(receipt.path.read_bytes()[:-1] + b"x")
    assert app.get(address, "quentin").status == 403


def test_local_numbers_leave_only_with_those_who_may_see_them(app: Gated) -> None:
    assert app.get(f"/export/{prepared(app, 'internal', 'quentin').export_id}", "quentin").status == 403
    assert app.get(f"/export/{prepared(app, 'internal', 'leo').export_id}", "leo").status == 200


@pytest.mark.parametrize("name", ["..%2f..%2fprivate%2fjournal.sqlite", "x" * 5000, "%00", "a/b"])
def test_no_address_leads_to_another_file(name: str, app: Gated) -> None:
    answer = app.get(f"/export/{name}", "leo")
    assert answer.status in (400, 403, 404) or answer.headers["content-type"].startswith("text/html")
    assert not answer.body.startswith((b"PK", b"SQLite"))


# In full, and quick enough for every run: (tabs that rerun, exports, seconds between made and fetched).
FULL, SMALL = (30, 100, 2.0), (6, 12, 0.3)
AT_ONCE = 4
PAGES = ("overview", "pain_relief", "recovery", "levels")


@pytest.mark.thorough
@pytest.mark.parametrize("size", [SMALL, pytest.param(FULL, marks=pytest.mark.thorough)], ids=["small", "full"])
def test_every_export_is_whole_while_others_rerun(size: tuple[int, int, float], app: Gated) -> None:
    """Tabs rerun all the while; each file is another choice, and is fetched a while after it was made."""
    rerunning, exports, delay = size
    warehouse = open_current(app.home)
    ids = procedure_ids(warehouse)
    stop, reruns = threading.Event(), [0] * rerunning
    people = ("quentin", "leo", "cora")
    assert len({app.cookie(who) for who in people}) == len(people)

    def rerun(place: int) -> None:
        with app.tab(people[place % len(people)]) as tab:
            while not stop.is_set():
                assert tab.run(PAGES[reruns[place] % len(PAGES)])
                assert tab.closed_with is None
                reruns[place] += 1

    def fetched(place: int) -> tuple[bool, str]:
        chosen = tuple(ids[[place % len(ids), (place + 1 + place // len(ids)) % len(ids)]])
        order = Order(profile=Profile.LIMITED, selected=chosen, selected_as=f"choice {place}")
        receipt = export_bundle(app.home, warehouse, order=order, author="quentin", purpose="test")
        time.sleep(delay)
        answer = app.get(f"/export/{receipt.export_id}", "quentin")
        event = export_log.find_export(app.home, receipt.export_id)
        assert event is not None
        told = hashlib.sha256(answer.body).hexdigest()
        whole = zipfile.ZipFile(io.BytesIO(answer.body)).testzip() is None
        return answer.status == 200 and whole and told == event.payload["sha256"], told

    with ThreadPoolExecutor(rerunning) as others:
        running = [others.submit(rerun, place) for place in range(rerunning)]
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                found = list(pool.map(fetched, range(exports)))
        finally:
            stop.set()
        for one in running:
            one.result()
    print(f"{sum(ok for ok, _ in found)} of {exports} whole and as logged; {sum(reruns)} reruns in {rerunning} tabs")
    assert [ok for ok, _ in found] == [True] * exports
    assert len({told for _, told in found}) == exports
    assert min(reruns) > 0
    assert export_log.broken_links(app.home) == []


def test_one_changed_cell_is_another_export(tmp_path: Path) -> None:
    """A score is corrected: the file of the new generation has another hash, and no other score in it is another."""
    home, records = Home(tmp_path / "home"), canary_records()
    receipts, scores = [], []
    for received_at in ("2026-09-01T12:00:00", "2026-09-02T12:00:00"):
        warehouse = loaded(home, records, received_at=received_at)
        receipts.append(export_bundle(home, warehouse, order=Order(profile=Profile.LIMITED), author="quentin"))
        with zipfile.ZipFile(receipts[-1].path) as archive:
            rows = csv.DictReader(io.TextIOWrapper(archive.open("pain_scores.csv"), "utf-8"))
            scores.append({(row["patient_key"], row["measured_at"]): row["score"] for row in rows})
        records.pain_scores[5]["score"] = 3
    assert receipts[0].sha256 != receipts[1].sha256
    before, after = scores
    assert before.keys() == after.keys()
    assert [(before[one], after[one]) for one in before if before[one] != after[one]] == [("8", "3")]
