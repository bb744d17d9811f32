"""Pages by Streamlit's own test runner, before a synthetic department."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.contents import PAGES
from dashboard.links.page_files import page_files
from data.home import Home
from tests.synthetic import synthetic_home

ENTRY = str(Path(__file__).parent / "entry.py")
NAMES = [name for name, _ in PAGES]


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return synthetic_home(tmp_path_factory, 260, 7)


@pytest.fixture
def synthetic(department: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(department.root))
    return department


def app(page: str = "overview", **query: str) -> AppTest:
    at = AppTest.from_file(ENTRY, default_timeout=30)
    for key, value in query.items():
        at.query_params[key] = value
    # Overview as a reader comes to it: by no page's name.
    return (at if page == "overview" else at.switch_page(str(page_files()[page]))).run()


def texts(at: AppTest) -> str:
    parts = (at.title, at.header, at.subheader, at.markdown, at.caption, at.info, at.warning, at.error)
    return "\n".join(element.value for group in parts for element in group) + "\n".join(
        one.value for one in at.get("html")
    )
