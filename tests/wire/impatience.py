"""A client that does not wait long, so that waiting in vain takes a test no time."""

from collections.abc import Iterator
from contextlib import contextmanager

from urllib3 import Timeout

from callistics.engines.clickhouse.engine import ClickHouseEngine
from support.store import Store

_SHORT = Timeout(connect=10, read=0.25)


def engine_of(store: Store) -> ClickHouseEngine:
    """The engine of a store over the wire."""
    assert isinstance(store.engine, ClickHouseEngine)
    return store.engine


@contextmanager
def impatient(store: Store) -> Iterator[None]:
    """Wait a quarter of a second for an answer at most."""
    clients = [client._client for client in engine_of(store)._clients[1:]]
    before = [client.timeout for client in clients]
    for client in clients:
        client.timeout = _SHORT
    try:
        yield
    finally:
        for client, timeout in zip(clients, before, strict=True):
            client.timeout = timeout
