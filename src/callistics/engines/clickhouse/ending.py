"""Ending statements that nobody waits for any more."""

import threading
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from callistics.engines.clickhouse.connection import Client
from callistics.errors import CallisticsError, EngineError
from callistics.interruption import Interruption

# A statement that is told to end before the server has begun with it is not found at first.
_EVERY = 0.05


class Ending:
    """Ends statements, known by a mark in their settings, over a connection of its own.

    On a `cluster` its statements, and their parts on other servers, are ended wherever they run.
    """

    def __init__(self, client: Client, cluster: str | None) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._where = "" if cluster is None else f" ON CLUSTER {cluster}"

    @contextmanager
    def following(self, by: Interruption) -> Generator[Mapping[str, Any]]:
        """The settings of a statement that ends with the work it is for.

        Raises as `Interruption.check` where that has ended already.
        """
        mark, over = uuid.uuid4().hex, threading.Event()

        def end() -> None:
            threading.Thread(
                target=self._end, args=(mark, over), name="ending", daemon=True
            ).start()

        try:
            with by.telling(end):
                yield {"log_comment": mark}
        finally:
            over.set()

    def _end(self, mark: str, over: threading.Event) -> None:
        statement = f"KILL QUERY{self._where} WHERE Settings['log_comment'] = '{mark}' ASYNC"
        while not over.is_set():
            try:
                with self._lock:
                    self._client.command(statement)
            except EngineError:
                # The server does not let this user do so: the time of the query is its end.
                return
            except CallisticsError:
                pass
            over.wait(_EVERY)
