"""A prepared file goes to the reader who prepared it and to nobody else, byte for byte as the log says."""

import hashlib

import pytest

from dashboard.bundles.bundle import Receipt, export_bundle
from dashboard.bundles.order import Order, Profile
from data import export_log
from queries.filters import Filters
from queries.warehouse import open_current
from tests.access.serving import Gated


def prepared(app: Gated, profile: str, author: str) -> Receipt:
    chosen = Order(Profile(profile), Filters.of({"levels": ["1"]}), "the registry")
    return export_bundle(app.home, open_current(app.home), chosen, author, "test")


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
    event = export_log.find(app.home, receipt.export_id)
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
