"""The Monday digest: what Overview says, as a mail in text and HTML. Counts and figures only, no patient."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

from dashboard.access.rights import lead_of_computer
from dashboard.pages.data_quality.ascertainment import incomplete_sentence
from dashboard.pages.overview import attention, cards, site_table
from dashboard.pages.overview.differences import differing_sites, differing_words
from dashboard.text import phrases
from dashboard.text.department import read_department
from dashboard.text.templates import render_html
from dashboard.view.operator_codes import opening_name
from dashboard.view.reader_view import View, generation_in_service
from dashboard.view.safety_events import events_line
from data import export_log
from data.errors import StorageProblem, UsageProblem
from data.home import home_in_service
from queries.catalogue.filters import Filters, first_technique
from queries.catalogue.spans import USUAL_AGAINST, USUAL_SPAN, Span
from queries.settings_mistakes import check_every_setting

PRIVATE_FILE = 0o600
PRODUCT = "Vertebroplasty outcomes"


@dataclass(frozen=True, kw_only=True)
class Digest:
    """The mail in two forms, and its subject."""

    subject: str
    text: str
    html: str


def digest_view(site: str | None) -> View:
    """What a lead sees first: the last 12 months, one technique where there are several, one site or all.

    Of a registry's pool `site` is the title of a hospital.
    """
    path, info = generation_in_service()
    reader = lead_of_computer()
    everything = View(opening_name(Path(path), reader), info, reader, Filters())
    known = everything.values(everything.unit)
    if site is not None and site not in known:
        raise UsageProblem(f"--site {site}", f"no such {everything.unit}", f"Choose one of {', '.join(known)}")
    span = Span(USUAL_SPAN, USUAL_AGAINST)
    chosen = {"technique": first_technique(everything.values("technique")), everything.unit: (site,) if site else ()}
    return replace(everything, filters=Filters.of(chosen, *everything.days_of(span)), span=span)


def make_digest(view: View) -> Digest:
    """One sentence, four figures with their change and target, what needs attention, sites, and what is left out."""
    shown = cards.headline_cards(view)
    differences = list(differing_sites(view))
    sentence = cards.answer_sentence(shown, differing_words(differences))
    title = f"{view.unit.capitalize()}s"
    header, rows, _ = site_table.site_table(view, differences)
    found = attention.find_items(view)
    waiting = [item.text for item in found.waiting] or ["Nothing is waiting."]
    better = [item.text for item in found.favourable]
    choice = phrases.choice_words(
        view.filters, view.extent(), len(view.values(view.unit)), len(view.values("technique")), view.unit
    )
    left_out = view.count_left_out()
    others = f"; {phrases.other_techniques(left_out)}" if left_out else ""
    missing = incomplete_sentence(view)
    others += f" · {missing}" if missing else ""
    stamp = f"{choice}{others} · data to {phrases.day_words(view.info.as_of)} · generation {view.info.generation}"
    who = " · ".join(part for part in (read_department().name, PRODUCT) if part)
    figures = [(card.title, card.headline, _joined(card.says, card.counts), _verdict_words(card)) for card in shown]
    safety = events_line(view)
    lines = [who, "", sentence, ""]
    lines += [
        f"{card.title} ({card.says}): {_joined(card.headline, card.counts)}. {_verdict_words(card)}" for card in shown
    ]
    lines += [safety, "", "Needs attention", *(f"- {text}" for text in waiting), ""]
    lines += ["Changed for the better", *(f"- {text}" for text in better), ""] if better else []
    lines.append(title)
    lines += [
        f"{row[0]}: " + ", ".join(f"{name} {cell}" for name, cell in zip(header[1:], row[1:], strict=True))
        for row in rows
    ]
    lines += ["", stamp, ""]
    html = render_html(
        "digest", who=who, sentence=sentence, figures=figures, safety=safety, waiting=waiting, better=better,
        header=header, rows=rows, stamp=stamp, accent=read_department().accent or "#1f6aa5",
    )  # fmt: skip
    return Digest(subject=f"{who}: {sentence}", text="\n".join(lines), html=str(html))


def _verdict_words(card: cards.Card) -> str:
    return _joined(card.verdict, card.note, card.aim.words)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def write_digest(site: str | None, out: Path | None, mail: bool) -> None:
    """Write digest.txt and digest.html into a folder, or mail both to those who asked; into the log first."""
    check_every_setting()
    people = read_department().digest_to
    if mail and not people:
        raise UsageProblem("--mail", "nobody asked for it", "Name addresses in settings/department.toml, digest_to")
    if out is None and not mail:
        raise UsageProblem("digest", "nowhere to go", "Give --out FOLDER, or --mail")
    view = digest_view(site)
    made = make_digest(view)
    files = {"digest.txt": made.text.encode("utf-8"), "digest.html": made.html.encode("utf-8")}
    for name, content in files.items():
        note_file(view, name, content, site)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).touch(mode=PRIVATE_FILE)
            (out / name).write_bytes(content)
    if mail:
        _send(made, people)


def mail_logged(view: View, name: str, made: Digest, site: str | None, people: Sequence[str]) -> None:
    """Mail something to people, its text into the export log first."""
    note_file(view, name, made.text.encode("utf-8"), site)
    _send(made, people)


def note_file(view: View, name: str, content: bytes, site: str | None) -> None:
    """Put what leaves into the export log. `StorageProblem` when that cannot be: nothing may leave then."""
    export_log.record_file(
        home_in_service(),
        "report",
        profile="department",
        filters=view.filters.to_text(),
        content=content,
        rows=0,
        generation=view.info.generation,
        file=name,
        sites=[site] if site else None,
    )


def _send(made: Digest, people: Sequence[str]) -> None:
    """Hand the mail to the system's sendmail. `StorageProblem` when there is none or it refuses."""
    program = shutil.which("sendmail") or shutil.which("sendmail", path="/usr/sbin:/usr/lib")
    if program is None:
        raise StorageProblem("--mail", "this machine has no sendmail", "Install one, or use --out")
    message = EmailMessage()
    message["To"], message["Subject"] = ", ".join(people), made.subject
    message.set_content(made.text)
    message.add_alternative(made.html, subtype="html")
    done = subprocess.run([program, "-t", "-i"], input=message.as_bytes(), check=False, capture_output=True)
    if done.returncode:
        raise StorageProblem("--mail", "sendmail refused the mail", "Look into the machine's mail log")
