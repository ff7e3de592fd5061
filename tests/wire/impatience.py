"""A client that does not wait long, so that waiting in vain takes a test no time."""

from collections.abc import Generator
from contextlib import contextmanager

from urllib3 import Timeout

from support import inside
from support.store import Store

_SHORT = Timeout(connect=10, read=0.25)


@contextmanager
def impatient(store: Store) -> Generator[None]:
    """Wait a quarter of a second for an answer at most."""
    clients = inside.server_readers(store.engine)
    before = [client.timeout for client in clients]
    for client in clients:
        client.timeout = _SHORT
    try:
        yield
    finally:
        for client, timeout in zip(clients, before, strict=True):
            client.timeout = timeout
