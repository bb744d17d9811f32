"""What is kept is bounded: in things, and in bytes for several memories together."""

import numpy as np

from queries.bounded_memory import BoundedMemory, ByteBound


def kept(memory: BoundedMemory) -> list:
    return list(memory.entries)


def array_of(size: int) -> np.ndarray:
    return np.zeros(size, dtype=np.uint8)


def test_the_least_used_of_too_many_goes_and_is_told() -> None:
    told: list[str] = []
    memory = BoundedMemory(2, on_drop=told.append)
    for key in ("a", "b", "a", "c"):
        memory.get(key, lambda key=key: key.upper())
    assert kept(memory) == ["a", "c"]
    assert told == ["B"]


def test_bytes_are_bounded_over_all_memories_that_share_them() -> None:
    bound = ByteBound(100)
    one, other = BoundedMemory(9, bound=bound), BoundedMemory(9, bound=bound)
    one.get("old", lambda: array_of(40))
    other.get("first", lambda: array_of(40))
    one.get("old", lambda: array_of(0))
    other.get("new", lambda: array_of(40))
    assert kept(one) == ["old"]
    assert kept(other) == ["new"]
    assert one.bytes + other.bytes == 80


def test_a_thing_larger_than_all_is_kept_alone() -> None:
    bound = ByteBound(100)
    memory = BoundedMemory(9, bound=bound)
    memory.get("small", lambda: array_of(10))
    memory.get("large", lambda: array_of(500))
    assert kept(memory) == ["large"]
    memory.get("small", lambda: array_of(10))
    assert kept(memory) == ["small"]


def test_what_a_closed_generation_kept_counts_no_more() -> None:
    bound = ByteBound(100)
    closed, open_one = BoundedMemory(9, bound=bound), BoundedMemory(9, bound=bound)
    closed.get("a", lambda: array_of(90))
    closed.drop_where(lambda _: True)
    open_one.get("b", lambda: array_of(90))
    open_one.get("c", lambda: array_of(10))
    assert kept(open_one) == ["b", "c"]
