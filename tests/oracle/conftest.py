"""Stores that worked cases share: to empty one takes a tenth of the time of opening it."""

from collections.abc import Iterator

import pytest

from support.engines import ENGINES
from support.store import Store, opened


@pytest.fixture(scope="session", params=ENGINES)
def kept(request: pytest.FixtureRequest) -> Iterator[Store]:
    """One store on each engine for many tests; it holds what the last one left."""
    with opened(request.param) as found:
        yield found


@pytest.fixture
def store(kept: Store) -> Store:
    """An empty store on each engine."""
    kept.clear()
    return kept
