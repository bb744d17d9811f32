"""The file of a figure goes to the sign-in whose page shows it, with the rights of that moment, and into the log."""

import csv
import hashlib
import io
import re
from dataclasses import replace

import pytest

from data import export_log
from tests.access.serving import Gated, Tab

ADDRESS = re.compile(rb"/figures/[0-9a-f]{32}")


def offered(tab: Tab, page: str, query: str = "") -> str:
    """The address of the first file that a page offers."""
    found = ADDRESS.search(tab.run(page, query))
    assert found is not None
    return found[0].decode()


def test_only_the_sign_in_that_sees_a_figure_gets_its_file(app: Gated) -> None:
    with app.tab("quentin") as tab:
        address = offered(tab, "pain_relief")
        others = {who: app.get(address, who).status for who in (None, "vera", "cora", "leo", "ada", "sid")}
        assert others == {None: 401, "vera": 403, "cora": 403, "leo": 403, "ada": 403, "sid": 403}
        assert app.get(address, Cookie=app.sign_in("quentin")).status == 403
        answer = app.get(address, "quentin")
        assert answer.status == 200
        assert "no-store" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment")
        event = export_log.read_exports(app.home)[-1]
        assert (event.author, event.payload["sha256"]) == ("quentin", hashlib.sha256(answer.body).hexdigest())


def test_what_gives_no_file_is_not_in_the_log(app: Gated) -> None:
    with app.tab("quentin") as tab:
        address = offered(tab, "pain_relief")
        before = len(export_log.read_exports(app.home))
        for method in ("HEAD", "POST", "PUT", "DELETE"):
            answer = app.get(address, "quentin", method, Origin=app.server.address)
            assert (answer.status, "content-disposition" in answer.headers) == (405, False)
        assert len(export_log.read_exports(app.home)) == before


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"sites": ("Hillside",)}, {"is_disabled": True}])
def test_rights_that_change_close_the_file_at_once(change: dict, app: Gated) -> None:
    account = app.accounts.find("quentin")
    with app.tab("quentin") as tab:
        address = offered(tab, "pain_relief")
        app.accounts.save(replace(account, **change))
        try:
            assert app.get(address, "quentin").status in (401, 403)
        finally:
            app.accounts.save(account)
            app.cookies.pop("quentin", None)


def test_signing_out_closes_the_file(app: Gated) -> None:
    cookie = app.cookie("quentin")
    with app.tab("quentin") as tab:
        address = offered(tab, "pain_relief")
        app.post("/sign-out", "quentin")
        app.cookies.pop("quentin")
        assert app.get(address, Cookie=cookie).status == 401
        assert app.get(address, "quentin").status == 403


@pytest.mark.parametrize("split", ["quarter", "site"])
def test_a_viewers_file_holds_rounded_counts_of_closed_months(split: str, app: Gated) -> None:
    with app.tab("vera") as tab:
        answer = app.get(offered(tab, "published", f"figure=multi_level&split={split}"), "vera")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert rows
    assert {row["audience"] for row in rows} == {"outside"}
    counts = [int(row[name]) for row in rows for name in ("procedures", "eligible", "recorded") if row[name]]
    assert counts
    assert [count for count in counts if count % 5] == []
    assert b"CANARY" not in answer.body


def test_a_guessed_id_is_in_the_audit_without_the_id(app: Gated) -> None:
    for guess in ("0" * 32, "1" * 32):
        assert app.get(f"/figures/{guess}", "sid").status == 403
    told = app.accounts.path.read_bytes() + app.server.log.read_bytes()
    assert b"0" * 32 not in told
    denied = [one for one in app.accounts.acts() if (one.person, one.subject) == ("sid", "/figures")]
    assert {one.result for one in denied} == {"denied"}
