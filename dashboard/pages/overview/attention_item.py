"""One line of what Overview sends a reader to."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Item:
    """One thing that waits, and the page that deals with it. `query` narrows that page.

    `short`: the same in a line of Overview, at most five words; `text` in full, for mails and on hover. `cause` names
    what happened, the same at every look: its kind, and after a colon which one.
    """

    text: str
    short: str
    page: str
    cause: str
    query: Mapping[str, str] = field(default_factory=dict)


class Favourable(Item):
    """Something that came out better than expected or than before: it waits for nobody."""
