"""A store over the wire, and the server that is told what goes wrong on it."""

from collections.abc import Iterator

import pytest

from support.store import Store, opened
from support.wired import Wire
from support.wired import wire as started


@pytest.fixture
def wire() -> Iterator[Wire]:
    """The server; what was ordered of it ends with the test."""
    found = started()
    found.reset()
    yield found
    found.reset()


@pytest.fixture(scope="session")
def kept() -> Iterator[Store]:
    """One store on the server for many tests; it holds what the last one left."""
    with opened("wire") as found:
        yield found


@pytest.fixture
def store(wire: Wire, kept: Store) -> Iterator[Store]:
    """An empty store on the server."""
    kept.clear()
    yield kept
    wire.reset()
