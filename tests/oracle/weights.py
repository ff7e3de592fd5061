"""Choices that are not equally likely."""

from typing import Any

from hypothesis import strategies as st


def weighted(*choices: tuple[int, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """One of the strategies, as often as its number says; `one_of` drops what is repeated."""
    repeated = [strategy for times, strategy in choices for _ in range(times)]
    return st.sampled_from(range(len(repeated))).flatmap(repeated.__getitem__)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Seldom null."""
    return weighted((7, values), (1, st.none()))
