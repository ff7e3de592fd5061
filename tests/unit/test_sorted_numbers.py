"""Sorted numbers have what was put in, each with its weeks, and hardly anything else."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.engines.duckdb.lookup.sorted_numbers import (
    GrowingNumbers,
    Numbers,
    SortedNumbers,
    entries,
)

_PAIRS = st.lists(
    st.tuples(st.one_of(st.integers(0, 40), st.integers(0, 2**64 - 1)), st.integers(0, 4_095)),
    max_size=30,
)


def numbers_of(texts: list[int], shift: int = 0) -> Numbers:
    return np.array([number << shift & 2**64 - 1 for number in texts], np.uint64)


def at_random(seed: int, count: int) -> Numbers:
    return np.random.default_rng(seed).integers(0, 2**64, count, np.uint64)


def pairs_found(found: SortedNumbers | GrowingNumbers, asked: Numbers) -> list[tuple[int, int]]:
    rows, weeks = found.find(asked)
    return sorted(zip(asked[rows].tolist(), weeks.tolist(), strict=True))


@given(_PAIRS, st.integers(0, 63))
def test_each_number_is_found_with_its_weeks(pairs: list[tuple[int, int]], shift: int) -> None:
    given_ = numbers_of([number for number, _ in pairs], shift)
    weeks = np.array([week for _, week in pairs], np.uint32)
    found = SortedNumbers(entries(given_, weeks))
    assert len(found) == len(pairs)
    put_in = set(zip(given_.tolist(), weeks.tolist(), strict=True))
    assert set(pairs_found(found, given_)) >= put_in


@given(st.lists(_PAIRS, max_size=6), st.integers(0, 63))
def test_each_number_that_came_is_found_once_for_each_week(
    added: list[list[tuple[int, int]]], shift: int
) -> None:
    found, there = GrowingNumbers(), set[tuple[int, int]]()
    for pairs in added:
        # Of numbers the last bits do not tell.
        new = {(number << shift & 2**64 - 2**12, week) for number, week in pairs} - there
        given_ = numbers_of([number for number, _ in new])
        found.add(entries(given_, np.array([week for _, week in new], np.uint32)))
        there |= new
    assert len(found) == len(there)
    asked = numbers_of(sorted({number for number, _ in there}))
    assert pairs_found(found, asked) == sorted(there)


@pytest.mark.parametrize("count", [0, 1, 7, 100_000, 2_200_000])
def test_many_numbers_as_a_set_has_them(count: int) -> None:
    """Those at random, more than are packed at a time, and others beside them."""
    there, others = at_random(1, count), at_random(2, 100_000)
    weeks = (np.arange(count) % 4_096).astype(np.uint32)
    found = SortedNumbers(entries(there, weeks))
    known = there[:50_000]
    rows, seen = found.find(np.concatenate((known, others)))
    weeks = np.append(weeks[:50_000], np.full(len(others), 5_000, np.uint32))
    own = seen == weeks[rows]
    assert sorted(rows[own].tolist()) == list(range(len(known)))
    # One of some hundred thousand is taken for another.
    assert len(rows) - len(known) <= 5


def test_numbers_that_come_a_few_at_a_time_as_a_set_has_them() -> None:
    there, sizes = at_random(1, 20_000), np.random.default_rng(2).integers(0, 40, 2_000)
    found, begin = GrowingNumbers(small=16), 0
    for size in sizes.tolist():
        some = there[begin : begin + size]
        found.add(entries(some, (some % np.uint64(7)).astype(np.uint32)))
        begin += len(some)
    there = there[:begin]
    assert len(found) == begin
    for asked in (there, there[:100]):
        rows, weeks = found.find(asked)
        assert sorted(rows.tolist()) == list(range(len(asked)))
        assert (weeks == asked[rows] % np.uint64(7)).all()
    assert not len(found.find(at_random(3, 100_000))[0])


@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_comes_lies_in_few_parts(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found, looked_into = GrowingNumbers(small=16), list[int]()
    for number in range(2_000):
        found.add(at_random(number, size))
    assert len(found) == 2_000 * size
    search = np.searchsorted

    def counted(part: Numbers, *given: Any) -> Any:
        looked_into.append(len(part))
        return search(part, *given)

    monkeypatch.setattr(np, "searchsorted", counted)
    assert len(found.find(at_random(7, size))[0]) == size
    assert sum(looked_into) == len(found)
    assert len(looked_into) <= 10


def test_they_take_little_memory_and_are_never_copied() -> None:
    count = 2_000_000
    given_ = entries(at_random(1, count), np.ones(count, np.uint32))
    tracemalloc.start()
    try:
        # What `tracemalloc` is to know of has to be made from now on.
        found = SortedNumbers(given_.copy())
        del given_
        taken, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found) == count
    assert taken <= 6 * count + 100_000
    assert most <= 12 * count
