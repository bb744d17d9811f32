"""What was made once and is kept for a while: so many things and so many bytes, the least used of which go first."""

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from itertools import count
from typing import Any, TypeVar
from weakref import WeakSet

Made = TypeVar("Made")
# What an entry of a list or a cell of text takes, roughly.
ENTRY_BYTES = 64


class ByteBound:
    """So many bytes for several memories together: what was used longest ago goes first, whichever holds it."""

    def __init__(self, most: int) -> None:
        """Keep at most so many bytes, and one thing that is larger."""
        self.most = most
        self.lock = threading.Lock()
        self.members: WeakSet[BoundedMemory] = WeakSet()

    def trim(self) -> None:
        """Let go of the least used things until the rest fits. The caller holds the lock."""
        total = sum(member.bytes for member in self.members)
        while total > self.most:
            holders = [member for member in self.members if member.entries]
            if sum(len(member.entries) for member in holders) < 2:
                return
            oldest = min(holders, key=lambda member: member.first_use)
            total -= oldest.drop_first()


@dataclasses.dataclass
class Entry:
    """A thing, what it takes, and when it was last used, counted in uses of all memories."""

    thing: Any
    bytes: int
    used: int


class BoundedMemory:
    """Things by key, for several threads at once. `on_drop` is told of each that goes, but for a lack of bytes."""

    _uses = count()

    def __init__(self, most: int, on_drop: Callable[[Any], None] | None = None, bound: ByteBound | None = None) -> None:
        """Keep at most so many, and no more bytes than `bound` has for all memories that share it."""
        self._most = most
        self._on_drop = on_drop
        self._bound = bound
        self._lock = bound.lock if bound else threading.Lock()
        self.entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self.bytes = 0
        if bound:
            bound.members.add(self)

    @property
    def first_use(self) -> int:
        """When its least used thing was used last."""
        return next(iter(self.entries.values())).used

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is kept under a key, else what `make` gives; two threads at once may both make it, and one is kept."""
        with self._lock:
            if key in self.entries:
                return self._use(key)
        made = make()
        size = bytes_of(made) if self._bound else 0
        with self._lock:
            if key not in self.entries:
                self.entries[key] = Entry(made, size, 0)
                self.bytes += size
            made = self._use(key)
            dropped = []
            while len(self.entries) > self._most:
                dropped.append(next(iter(self.entries.values())).thing)
                self.drop_first()
            if self._bound:
                self._bound.trim()
        self._tell(dropped)
        return made

    def _use(self, key: Hashable) -> Any:
        self.entries.move_to_end(key)
        self.entries[key].used = next(self._uses)
        return self.entries[key].thing

    def drop_first(self) -> int:
        """Let go of the least used thing; the bytes that it took. The caller holds the lock."""
        size = self.entries.popitem(last=False)[1].bytes
        self.bytes -= size
        return size

    def drop_where(self, is_gone: Callable[[Any], bool]) -> None:
        """Drop the things whose key `is_gone` says so of."""
        with self._lock:
            gone = [self.entries.pop(key) for key in [key for key in self.entries if is_gone(key)]]
            self.bytes -= sum(entry.bytes for entry in gone)
        self._tell([entry.thing for entry in gone])

    def _tell(self, dropped: list[Any]) -> None:
        for one in dropped:
            if self._on_drop is not None:
                self._on_drop(one)


def bytes_of(thing: Any) -> int:
    """What a thing takes in memory, roughly: arrays and tables to the byte, with those that it will make of itself."""
    told = getattr(thing, "full_bytes", None)
    if told is None:
        told = getattr(thing, "nbytes", None)
    if told is not None:
        return int(told)
    if hasattr(thing, "memory_usage"):
        texts = thing.select_dtypes(["object", "string"]).shape[1]
        return int(thing.memory_usage().sum()) + ENTRY_BYTES * texts * len(thing)
    if dataclasses.is_dataclass(thing):
        return sum(bytes_of(value) for value in vars(thing).values())
    if isinstance(thing, dict):
        return sum(bytes_of(value) for value in thing.values()) + ENTRY_BYTES * len(thing)
    if isinstance(thing, list | tuple):
        return ENTRY_BYTES * len(thing) * (max(1, len(thing[0])) if thing and isinstance(thing[0], list | tuple) else 1)
    return 0
