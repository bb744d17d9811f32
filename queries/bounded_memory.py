"""What was made once and is kept for a while: so many things, the least used of which go first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Made = TypeVar("Made")


class BoundedMemory:
    """Things by key, for several threads at once. `on_drop` is told of each that goes."""

    def __init__(self, most: int, on_drop: Callable[[Any], None] | None = None) -> None:
        """Keep at most so many."""
        self._most = most
        self._on_drop = on_drop
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is kept under a key, else what `make` gives; two threads at once may both make it, and one is kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            made = self._kept.setdefault(key, made)
            dropped = [self._kept.popitem(last=False)[1] for _ in range(len(self._kept) - self._most)]
        self._tell(dropped)
        return made

    def drop_where(self, is_gone: Callable[[Any], bool]) -> None:
        """Drop the things whose key `is_gone` says so of."""
        with self._lock:
            dropped = [self._kept.pop(key) for key in [key for key in self._kept if is_gone(key)]]
        self._tell(dropped)

    def _tell(self, dropped: list[Any]) -> None:
        for one in dropped:
            if self._on_drop is not None:
                self._on_drop(one)
