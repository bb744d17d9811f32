"""PDF by a Chromium of this machine, and mail by its sendmail: both optional, neither reaches the network itself."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from data.errors import StorageProblem

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS = 120
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-quic", "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
    "--virtual-time-budget=8000",
)  # fmt: skip


def find_chromium() -> str | None:
    """The Chromium of this machine, if there is one; `OUTCOMES_CHROMIUM` names another."""
    named = os.environ.get("OUTCOMES_CHROMIUM")
    return named or next((found for name in CHROMIUMS if (found := shutil.which(name))), None)


def to_pdf(page: Path, out: Path) -> bool:
    """Print a page to PDF; False when there is no Chromium. `StorageProblem` when it fails."""
    program = find_chromium()
    if program is None:
        return False
    with tempfile.TemporaryDirectory() as profile:
        as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
        done = subprocess.run(
            [program, *FLAGS, *as_root, f"--user-data-dir={profile}", f"--print-to-pdf={out}", page.resolve().as_uri()],
            capture_output=True, check=False, timeout=SECONDS,
        )  # fmt: skip
    if done.returncode or not out.is_file():
        raise StorageProblem(str(out), "Chromium could not print the report", "Open the HTML file and print it")
    return True


def send_mail(files: Sequence[Path], to: str, subject: str) -> None:
    """Hand the files to the system's sendmail. `StorageProblem` when there is none or it refuses."""
    program = shutil.which("sendmail") or shutil.which("sendmail", path="/usr/sbin:/usr/lib")
    if program is None:
        raise StorageProblem("--mail", "this machine has no sendmail", "Install one, or take the file from its folder")
    message = EmailMessage()
    message["To"], message["Subject"] = to, subject
    message.set_content("The report is attached. It was made from the records named in it; nothing in it is live.")
    for path in files:
        kind = ("application", "pdf") if path.suffix == ".pdf" else ("text", "html")
        message.add_attachment(path.read_bytes(), *kind, filename=path.name)
    done = subprocess.run([program, "-t", "-i"], input=message.as_bytes(), check=False, capture_output=True)
    if done.returncode:
        raise StorageProblem("--mail", "sendmail refused the report", "Look into the machine's mail log")
