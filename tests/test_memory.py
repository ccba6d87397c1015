"""The memory: what was worked out once is found again, whatever the keys, and never more than its bound."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.memory import Memory

Keys = npt.NDArray[np.uint64]
CROWDED = st.integers(1, 40) | st.integers(2**64 - 8, 2**64 - 1) | st.sampled_from([k << 58 for k in range(1, 64)])
"""Keys that want the same slots, the last ones among them, so that they go round the end."""


def row(keys: Keys) -> npt.NDArray[np.float32]:
    return np.column_stack([keys % 1009, keys % 31 + 1]).astype(np.float32)


def ask(memory: Memory, keys: Keys) -> int:
    """Check the rows of keys; say how many were worked out."""
    worked: list[int] = []

    def work_out(places: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        worked.extend(places)
        return row(keys[places])

    found = memory.of(keys, work_out)
    np.testing.assert_array_equal(found.rows[found.places], row(keys))
    assert not found.rows[0].any()
    assert len({int(keys[place]) for place in worked}) == len(worked)
    return len(worked)


@given(st.lists(st.lists(CROWDED, max_size=60), max_size=6))
def test_rows_are_worked_out_once(batches: list[list[int]]) -> None:
    memory, met = Memory(2, 10_000), set[int]()
    for batch in batches:
        assert ask(memory, np.array(batch, np.uint64)) == len(set(batch) - met)
        met |= set(batch)
        assert len(memory) == len(met)


@given(st.lists(st.lists(CROWDED, min_size=1, max_size=30), max_size=8), st.integers(1, 30))
def test_the_bound_holds_unless_one_batch_is_larger(batches: list[list[int]], most: int) -> None:
    memory = Memory(2, most)
    for batch in batches:
        ask(memory, np.array(batch, np.uint64))
        most = max(most, len(set(batch)))
        assert len(memory) <= most
        assert len(memory._table.rows) <= most + 1


def test_work_that_fails_leaves_the_memory_as_it_was() -> None:
    memory = Memory(2, 100)
    ask(memory, np.arange(1, 9, dtype=np.uint64))

    def fails(_places: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        memory.of(np.arange(1, 90, dtype=np.uint64), fails)
    assert len(memory) == 8
    assert ask(memory, np.arange(1, 90, dtype=np.uint64)) == 81


def test_threads_find_their_own_rows() -> None:
    memory, keys = Memory(2, 200), np.random.default_rng(7).integers(1, 2**64 - 1, (60, 50), np.uint64)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(lambda batch: ask(memory, batch), np.concatenate([keys, keys[::-1]]))) >= keys.size
    finally:
        sys.setswitchinterval(interval)
