"""`make screenshots`: pictures of every page, for the README and for whoever changed a page."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from dashboard.contents import PAGES
from data.home import PROJECT, Home
from queries.warehouse import open_current
from tests.browser.chart_pictures import take_pictures
from tests.browser.serving import Server, launch, opened, served

PICTURES = PROJECT / "tests" / "browser" / "pictures"
# The one that README shows is kept with the project.
OF_README = "overview-desktop.png"
README_PICTURES = PROJECT / "docs" / "pictures"
LOOKS = {"desktop": (1440, "light"), "phone": (390, "light"), "dark": (1440, "dark")}


def take_picture(browser: Browser, server: Server, name: str, title: str, look: str) -> None:
    """One page in one look, as tall as its content."""
    width, scheme = LOOKS[look]
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    opened(page, server.url(name), title)
    height = page.evaluate("document.querySelector('[data-testid=\"stMainBlockContainer\"]').scrollHeight + 60")
    page.set_viewport_size({"width": width, "height": min(int(height), 4000)})
    page.wait_for_timeout(1200)
    path = PICTURES / f"{name}-{look}.png"
    page.screenshot(path=path)
    context.close()
    compress(path)


def compress(path: Path) -> None:
    """A palette is enough for text and lines, and keeps the repository small."""
    Image.open(path).convert("RGB").quantize(96).save(path, optimize=True)


def main() -> None:
    """All pages in all looks, of the synthetic department."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "demo"
        environment = {"OUTCOMES_HOME": str(Path(scratch) / "none"), "OUTCOMES_DEMO_HOME": str(home)}
        command = [sys.executable, "-m", "etl", "demo"]
        subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, env=environment)
        with served(Path(scratch) / "log", **environment) as server, sync_playwright() as playwright:
            browser = launch(playwright)
            for name, title in PAGES:
                for look in LOOKS:
                    take_picture(browser, server, name, title, look)
                    print(PICTURES / f"{name}-{look}.png")
            for path in take_pictures(browser, open_current(Home(home)), PICTURES):
                compress(path)
            browser.close()
    shutil.copyfile(PICTURES / OF_README, README_PICTURES / OF_README)


if __name__ == "__main__":
    main()
