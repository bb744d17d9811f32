"""An erasure that has begun and not ended: whom it is about, in a private file that its last step removes.

Without it nobody could tell, after an interruption, what of the person is still to be looked for.
"""

import json
from dataclasses import asdict, dataclass, field

from data.home import Home
from etl.generations.storage import PRIVATE_FILE, write_whole
from etl.redaction.person_numbers import Numbers


@dataclass(frozen=True)
class Erasure:
    """A person of one source: their numbers, their random keys, and the hashes of the files as they were."""

    source: str
    numbers: Numbers
    keys: frozenset[str] = field(default_factory=frozenset)
    replaced: frozenset[str] = field(default_factory=frozenset)


def begin_erasure(home: Home, erasure: Erasure) -> None:
    """Keep an erasure until it ends."""
    told = asdict(erasure) | {"numbers": asdict(erasure.numbers)}
    text = json.dumps(told, default=sorted)
    write_whole(home.private / "erasing.json", text.encode(), PRIVATE_FILE)


def read_erasure(home: Home) -> Erasure | None:
    """The erasure that was interrupted, if one was."""
    try:
        told = json.loads((home.private / "erasing.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    numbers = Numbers(**{kind: frozenset(listed) for kind, listed in told["numbers"].items()})
    return Erasure(told["source"], numbers, frozenset(told["keys"]), frozenset(told["replaced"]))


def end_erasure(home: Home) -> None:
    """The erasure is whole."""
    (home.private / "erasing.json").unlink(missing_ok=True)
