"""What other pages leave open, for *Needs attention*: work-ups, sentences of leaflets, and months to sign off."""

from collections.abc import Iterator

from dashboard.access.rights import may_see, requires
from dashboard.journal.call_list import workup_list
from dashboard.journal.sign_offs import closed_months, figures_of, signed_months
from dashboard.pages.overview.attention_item import Favourable, Item
from dashboard.pages.overview.cards import PERIOD_MARKS
from dashboard.pages.sign_off import apart_mark, card_title, month_words, next_month, run_words
from dashboard.text import phrases
from dashboard.view.leaflet_sentences import failing_sentences
from dashboard.view.reader_view import View, warehouse_of
from queries.catalogue.metrics import read_catalogue

# How a share lies to the month before, by its mark on Sign-off: the side, and the words.
SIDES = {PERIOD_MARKS["higher"]: ("higher", "above"), PERIOD_MARKS["lower"]: ("lower", "below")}


def open_workups(view: View) -> Iterator[Item]:
    """Patients whose osteoporosis work-up is still open."""
    if view.reader.has("call_list") and (count := len(workup_list(view))):
        noun = "osteoporosis work-up" if count == 1 else "osteoporosis work-ups"
        text = f"{count:,} {noun} {'is' if count == 1 else 'are'} not closed"
        yield Item(text, f"{count:,} {noun} open", "calls", "workups")


def failing_leaflets(view: View) -> Iterator[Item]:
    """Sentences for patients that do not hold for the procedures shown."""
    if failing := failing_sentences(view):
        said = phrases.join_words([f"“{one.now.said}”" for one in failing])
        count = len(failing)
        does = "sentence does" if count == 1 else "sentences do"
        cause = f"leaflet:{'|'.join(one.now.name for one in failing)}"
        yield Item(
            f"What we tell patients does not hold: {said}", f"{count} leaflet {does} not hold", "what_we_tell_patients",
            cause,
        )  # fmt: skip


def _signs_off(view: View) -> bool:
    """Sign-off is of the whole department; a registry signs nothing."""
    return may_see(view.reader, "sign_off") and view.reader.sites is None and not view.reader.in_registry


def unlike_month(view: View) -> Iterator[Item]:
    """Shares of the month to sign next that are marked on Sign-off: apart from the month before beyond chance."""
    for metric, mark, month, earlier in marked_shares(view) if _signs_off(view) else ():
        side, words = SIDES[mark]
        better = read_catalogue()[metric].header.better
        kind, title = Favourable if side == better else Item, card_title(metric)
        months = [month_words(one) for one in (month, earlier)]
        yield kind(
            f"{title}: {words} the month before in {months[0]}, by more than chance explains",
            f"{title}: {months[0].partition(' ')[0]} {words} {months[1].partition(' ')[0]}", "sign_off",
            f"month:{metric}:{month}",
        )  # fmt: skip


@requires("exact_figures")
def marked_shares(view: View) -> list[tuple[str, str, str, str]]:
    """Metric, mark, month and the month before. Of the whole department, so no filter computes them again."""
    closed = closed_months(view)
    if len(closed) < 2:
        return []
    month = next_month(closed, signed_months(view))
    earlier = closed[closed.index(month) + 1 :][:1]

    def marks() -> list[tuple[str, str, str, str]]:
        before = {row["metric"]: row for one in earlier for row in figures_of(view, one)}
        found = [(row["metric"], apart_mark(row, before.get(row["metric"]))) for row in figures_of(view, month)]
        return [(metric, mark, month, earlier[0]) for metric, mark in found if mark]

    return warehouse_of(view).remember(("marked shares", month), marks)


def unsigned_months(view: View) -> Iterator[Item]:
    """Months that are over and not signed off yet, the oldest named first."""
    if not _signs_off(view):
        return
    closed, signed = closed_months(view)[::-1], signed_months(view)
    waiting = [place for place, month in enumerate(closed) if month not in signed]
    if waiting:
        count = len(waiting)
        noun = "month" if count == 1 else "months"
        text = f"{count} closed {noun} {'is' if count == 1 else 'are'} not signed off: {run_words(closed, waiting)}"
        yield Item(text, f"{count} {noun} to sign off", "sign_off", "unsigned")
