"""What has happened that somebody should know: the causes of *Needs attention* that cannot wait for Monday.

One cause, one place: what Overview says too is taken from there. Counts and figures only, no patient. What was told
once is not told again; what waits for somebody is told once a week until it is dealt with.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import parse_qsl

import pandas as pd

from dashboard.journal.registrations import looks_of_metric
from dashboard.pages.overview.attention import current_day, find_items
from dashboard.pages.overview.attention_item import Item
from dashboard.pages.overview.digest import Digest, digest_view, mail_logged, note_file
from dashboard.text import phrases
from dashboard.text.department import read_department
from dashboard.text.templates import render_html
from dashboard.view.load_watch import missed_load
from dashboard.view.reader_view import View, home_in_service
from dashboard.view.safety_events import WAITING, event_rows, split_late
from data.errors import UsageProblem
from data.journal import Journal
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.settings_mistakes import check_every_setting
from queries.trends.annotations import add_months, registrations_of
from queries.trends.registered_changes import LOOKS, Look

KIND = "signals"
# Causes of Needs attention that are signals; the others are the week's ordinary work.
CAUSES = ("verdict", "difference", "case_mix", "safety", "refused", "surprises", "late")
REVIEW_DAYS = 14
# So long after its months are over, a look that cannot be taken is missed.
LOOK_LATE_DAYS = 45


@dataclass(frozen=True)
class Signal:
    """One thing to know. `cause` names it, so that it is told once; `page` deals with it."""

    cause: str
    text: str
    page: str

    @property
    def kind(self) -> str:
        """Which kind of cause: verdict, look, review, safety, difference, case_mix, refused, surprises, late."""
        return self.cause.partition(":")[0]


def find_signals(view: View, review_days: int = REVIEW_DAYS) -> tuple[Signal, ...]:
    """Everything that stands, told before or not, most pressing first."""
    week = "{}-W{:02}".format(*current_day(view).isocalendar()[:2])
    items = find_items(view)
    found = [Signal(one.cause, one.text, one.page) for one in (*items.waiting, *items.favourable) if _is_signal(one)]
    return (*_unreviewed(view, review_days, week), *_looks(view), *found, *_missed_load(week))


def _is_signal(item: Item) -> bool:
    return item.cause.partition(":")[0] in CAUSES


def _unreviewed(view: View, days: int, week: str) -> Iterator[Signal]:
    """Serious events and deaths that nobody has reviewed so many days after they happened.

    None of a registry's pool: hospitals review their own.
    """
    if not view.reader.has("rows"):
        return
    soon, _ = split_late(event_rows(view))
    happened = pd.to_datetime(soon["occurred_on"]).dt.date
    count = int(((soon["state"] == WAITING) & (happened <= current_day(view) - timedelta(days=days))).sum())
    if count:
        noun = "1 serious event or death has" if count == 1 else f"{count:,} serious events and deaths have"
        yield Signal(f"review:{week}", f"{noun} not been reviewed {days} days after", "safety")


def _looks(view: View) -> Iterator[Signal]:
    """Registered changes: a look that was taken, and one whose months should be in the records by now."""
    for one in registrations_of(home_in_service()):
        chosen: dict[str, list[str]] = {}
        for key, value in parse_qsl(one.choice):
            chosen.setdefault(key, []).append(value)
        mine = replace(view, filters=Filters.of(chosen))
        title = read_catalogue()[one.metric].title
        for look in (look for look in looks_of_metric(mine, one.metric) if look.registration.id == one.id):
            if look.months:
                cause = f"look:{one.id}:{look.months}"
                yield Signal(cause, f"{title}, {look.months} months after a registered change: {look.words.short}", "")
            if (due := _overdue_since(look, current_day(view))) is not None:
                text = f"{title}: a look at a registered change is missed; {phrases.month_words(due)} is not complete"
                yield Signal(f"look:{one.id}:missed:{due:%Y-%m}", text, "")


def _overdue_since(look: Look, today: date) -> date | None:
    """The last month of the next look, where it was over long ago; None where nothing is overdue."""
    if look.state not in ("waiting", "looked", "recording"):
        return None
    due = next((months for months, _ in LOOKS if months > look.months), None)
    if due is None:
        return None
    ends = add_months(look.registration.first_month, due)
    return add_months(ends, -1) if today >= ends + timedelta(days=LOOK_LATE_DAYS) else None


def _missed_load(week: str) -> Iterator[Signal]:
    if told := missed_load(home_in_service()):
        yield Signal(f"late:clock:{week}", told, "data_quality")


def _without_told(found: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """Those that no earlier run told."""
    told = {cause for event in Journal(home_in_service().journal).events(KIND) for cause in event.payload["causes"]}
    return tuple(one for one in found if one.cause not in told)


def tell_signals(site: str | None, *, review_days: int, everything: bool, as_json: bool, mail: bool) -> list[str]:
    """The lines to print, and the mail where one is asked for. `everything`: also what was told before, not noted.

    They are in the export log first, and noted as told last: what could not leave is told by the next run.
    """
    check_every_setting()
    people = read_department().digest_to
    if mail and not people:
        raise UsageProblem("--mail", "nobody asked for it", "Name addresses in settings/department.toml, digest_to")
    view = digest_view(site)
    found = find_signals(view, review_days)
    shown = found if everything else _without_told(found)
    if not shown:
        return []
    stamp = {"generation": view.info.generation}
    told = [{"kind": one.kind, "cause": one.cause, "text": one.text, "page": one.page} | stamp for one in shown]
    lines = [json.dumps(one, ensure_ascii=False) if as_json else one["text"] for one in told]
    printed = "".join(f"{line}\n" for line in lines)
    note_file(view, "signals.jsonl" if as_json else "signals.txt", printed.encode("utf-8"), site)
    if mail:
        mail_logged(view, "signals.txt", _as_mail(view, shown), site, people)
    if not everything:
        causes = [one.cause for one in shown]
        Journal(home_in_service().journal).append(KIND, "signals", {"causes": causes}, "signals")
    return lines


def _as_mail(view: View, shown: tuple[Signal, ...]) -> Digest:
    who = read_department().name or "Vertebroplasty outcomes"
    subject = f"{who}: {shown[0].text}" if len(shown) == 1 else f"{who}: {len(shown)} things to know"
    stamp = f"data to {phrases.day_words(view.info.as_of)} · generation {view.info.generation}"
    lines = [who, "", *(f"- {one.text}" for one in shown), "", stamp, ""]
    html = render_html("signals", who=who, texts=[one.text for one in shown], stamp=stamp)
    return Digest(subject=subject, text="\n".join(lines), html=str(html))
