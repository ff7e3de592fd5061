"""A connection whose errors are the product's own, whatever the driver raises or lets through."""

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

import pyarrow as pa

from callistics.errors import CallisticsError, EngineError, Unavailable, first_line
from callistics.interruption import Interruption, interruption

_TRIES = 3
_SYSTEM = re.compile(r"\[Errno -?\d+\] ([^')\"]+)")
_TIMEOUT_CODES = (159, 160, 394)  # TIMEOUT_EXCEEDED, TOO_SLOW, QUERY_WAS_CANCELLED
_MEMORY_CODES = (241,)  # MEMORY_LIMIT_EXCEEDED
# Codes of a server that cannot answer just now: network, overload, quorum, a replica that is gone.
_BUSY_CODES = (202, 209, 210, 225, 242, 252, 279, 285, 286, 289, 319, 999)
_BUSY = "the database does not answer just now"


class Rows(Protocol):
    """What a query gives."""

    @property
    def result_rows(self) -> Sequence[Sequence[Any]]:
        """The rows, in order."""
        ...

    @property
    def summary(self) -> Mapping[str, Any]:
        """What the server tells about the query."""
        ...


class Client(Protocol):
    """What is used of `clickhouse_connect`'s client."""

    @property
    def server_version(self) -> str:
        """Version of the server."""
        ...

    def query(
        self, query: str, parameters: Mapping[str, Any] | None = None, settings: Any = None
    ) -> Rows:
        """The rows of a SELECT."""
        ...

    def query_arrow(
        self, query: str, parameters: Mapping[str, Any] | None = None, settings: Any = None
    ) -> pa.Table:
        """The rows of a SELECT as an Arrow table."""
        ...

    def command(
        self, cmd: str, parameters: Mapping[str, Any] | None = None, settings: Any = None
    ) -> Any:
        """Run a statement that gives at most one value."""
        ...

    def insert_arrow(
        self, table: str, arrow_table: pa.Table, settings: Mapping[str, Any] | None = None
    ) -> Any:
        """Insert the rows of an Arrow table."""
        ...

    def close(self) -> None:
        """Give up the connection."""
        ...


Follow = Callable[[Interruption], AbstractContextManager[Mapping[str, Any]]]


class Connection:
    """Implements `Client` on the driver's. Raises `TimedOut`, `Unavailable` and `EngineError`.

    `connect` opens the driver's, when it is first used unless `open` comes before. `in_process` is
    a database whose answers cannot be lost on the way. `follow` ends a query with the work that it
    is for, by settings that it gives; without it only the time of a query is limited.
    """

    def __init__(
        self,
        connect: Callable[[], Client],
        timeout: float,
        *,
        in_process: bool,
        follow: Follow | None = None,
    ) -> None:
        self._connect, self._follow = connect, follow
        self._opened: Client | None = None
        self._timeout = timeout
        self._in_process = in_process

    def open(self) -> None:
        """Connect now. Raises whatever the driver does."""
        self._opened = self._connect()

    @property
    def _client(self) -> Client:
        if self._opened is None:
            self._opened = self._connect()
        return self._opened

    @property
    def server_version(self) -> str:
        """Version of the server."""
        return self._client.server_version

    def query(
        self, query: str, parameters: Mapping[str, Any] | None = None, settings: Any = None
    ) -> Rows:
        """The rows of a SELECT."""
        with self._translated(), self._in_time(settings) as chosen:
            rows = self._client.query(query, parameters, settings=chosen)
        # No rows is an empty body in ClickHouse's format, and so is an answer that was lost.
        if not self._in_process and not rows.result_rows and _lost(rows.summary):
            raise Unavailable(_BUSY)
        return rows

    def query_arrow(
        self, query: str, parameters: Mapping[str, Any] | None = None, settings: Any = None
    ) -> pa.Table:
        """The rows of a SELECT as an Arrow table."""
        with self._translated(), self._in_time(settings) as chosen:
            return self._client.query_arrow(query, parameters, settings=chosen)

    def command(
        self, cmd: str, parameters: Mapping[str, Any] | None = None, settings: Any = None
    ) -> Any:
        """Run a statement that gives at most one value."""
        with self._translated():
            return self._client.command(cmd, parameters, settings=settings)

    @contextmanager
    def _in_time(self, settings: Mapping[str, Any] | None) -> Generator[Mapping[str, Any] | None]:
        """The settings of a statement that is to end with the request that it is of."""
        by = interruption()
        if by is None:
            yield settings
            return
        by.check()
        # 0 would be no limit.
        left = max(0.001, round(min(self._timeout, by.left), 3))
        chosen = {**(settings or {}), "max_execution_time": left}
        with nullcontext({}) if self._follow is None else self._follow(by) as more:
            yield {**chosen, **more}

    def in_session(self, name: str) -> Mapping[str, Any] | None:
        """The settings of statements that see each other's temporary tables, and no others'.

        In process all statements do.
        """
        return None if self._in_process else {"session_id": name}

    def insert_arrow(
        self, table: str, arrow_table: pa.Table, settings: Mapping[str, Any] | None = None
    ) -> Any:
        """Insert the rows of an Arrow table."""
        with self._translated():
            return self._client.insert_arrow(table, arrow_table, settings=settings)

    def insert_once(
        self, table: str, rows: pa.Table, token: str, settings: Mapping[str, Any]
    ) -> None:
        """Insert rows that count once however often they come with this token.

        Tried again where the connection fails, but not where time is up.
        """
        chosen = {**settings, "insert_deduplication_token": token}
        for _ in range(_TRIES - 1):
            try:
                return self.insert_arrow(table, rows, chosen)
            except Unavailable as error:
                if not unanswered(error):
                    raise
        return self.insert_arrow(table, rows, chosen)

    def close(self) -> None:
        """Give up the connection."""
        if self._opened is not None:
            self._opened.close()

    @contextmanager
    def _translated(self) -> Generator[None]:
        from clickhouse_connect.driver.exceptions import ProgrammingError  # noqa: PLC0415

        try:
            yield
        except CallisticsError:
            raise
        except Exception as error:
            code = getattr(error, "code", None)
            if code in _TIMEOUT_CODES or (code is None and _waited(error)):
                by = interruption() or Interruption(self._timeout)
                raise by.error from error
            if code in _MEMORY_CODES:
                raise Unavailable("the query needs more memory than the engine may use") from error
            if isinstance(error, ProgrammingError) or code not in (None, *_BUSY_CODES):
                raise EngineError(cause(error)) from error
            # An answer that was cut or garbled makes the driver, or Arrow, raise all sorts.
            raise Unavailable(_BUSY) from error


def unanswered(error: CallisticsError) -> bool:
    """Whether the connection failed, so that nobody knows what became of a statement."""
    from clickhouse_connect.driver.exceptions import OperationalError  # noqa: PLC0415

    return isinstance(error.__cause__, OperationalError)


def _waited(error: BaseException | None) -> bool:
    """Whether an error comes of waiting for an answer, as opposed to for a connection."""
    while error is not None:
        # An error of a library that only the driver knows.
        if type(error).__name__ == "ReadTimeoutError":
            return True
        error = error.__cause__
    return False


def _lost(summary: Mapping[str, Any]) -> bool:
    """Whether an answer without rows is not all that ClickHouse sent."""
    return not summary.get("query_id") or int(summary.get("result_rows", 0)) > 0


def cause(error: Exception) -> str:
    """What an error says, for people: the system's own words where the network is to blame."""
    text = first_line(error)
    system = _SYSTEM.search(text)
    return system[1] if system else text
