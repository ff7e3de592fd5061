"""Stores that tests share: to empty one takes a tenth of the time of opening it."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from support.engines import AS_IF_LARGE, ENGINES
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


@pytest.fixture(scope="session")
def stores() -> Iterator[list[Store]]:
    """A store on each engine: what is drawn is sent to all, and asked of all."""
    with ExitStack() as stack:
        yield [stack.enter_context(opened(engine, tuning=AS_IF_LARGE)) for engine in ENGINES]


@pytest.fixture(scope="session")
def rolled() -> Iterator[list[Store]]:
    """A store on the engine that keeps roll-ups."""
    with opened(tuning=AS_IF_LARGE) as store:
        assert store.engine.rollups
        yield [store]
