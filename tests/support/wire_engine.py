"""Statements as they arrive over ClickHouse's HTTP interface, run by chDB."""

import json
import re
import tempfile
import threading
import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import chdb

# Parameters of the interface itself; every other one is a setting.
_TRANSPORT = frozenset(
    {
        "client_protocol_version",
        "database",
        "enable_http_compression",
        "http_headers_progress_interval_ms",
        # Different for each query: it is set for each on a connection that others used before.
        "log_comment",
        "query",
        "query_id",
        "send_progress_in_http_headers",
        "wait_end_of_query",
    }
)
# The status of an error, where that is not 500.
_STATUSES: Mapping[int, tuple[int, ...]] = {
    400: (6, 7, 8, 15, 16, 26, 27, 36, 38, 41, 44, 53, 62, 69, 72, 117, 167, 168, 223, 427, 441),
    403: (192, 193, 497, 516),
    404: (46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 511),
    408: (159,),
    413: (161,),
    501: (48,),
    503: (76, 209, 439),
}
_FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*\Z", re.IGNORECASE)
_INSERT = re.compile(rb"\s*INSERT\b", re.IGNORECASE)
_CODE = re.compile(r"Code: (\d+)\.")
# http_max_field_value_size, which holds for every field of an address or form.
_MAX_FIELD = 131_072
# Few: those of databases that nobody asks any more are the first to go.
_MOST_IDLE = 12
_Setup = tuple[str | None, tuple[str, ...]]
_idle: list[tuple[_Setup, Any]] = []
_lock = threading.Lock()


class Failed(Exception):
    """A statement that ends in an error of ClickHouse."""

    def __init__(self, message: str) -> None:
        found = _CODE.search(message)
        self.code = int(found[1]) if found else 1000
        super().__init__(message if found else f"Code: 1000. DB::Exception: {message}")

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        found = (status for status, codes in _STATUSES.items() if self.code in codes)
        return next(found, 500)


def run(
    sql: bytes, fields: Mapping[str, str], inserted: bytes | None = None
) -> tuple[bytes, dict[str, str]]:
    """The answer to a statement and its headers; `inserted` is the data of an INSERT.

    Raises `Failed`.
    """
    for value in fields.values():
        if len(value.encode("utf-8", "surrogateescape")) > _MAX_FIELD:
            raise Failed("HTML Form Exception: Field value too long")
    settings = [
        f"{name} = {_literal(value)}"
        for name, value in fields.items()
        if name not in _TRANSPORT and not name.startswith("param_")
    ]
    values = {name[6:]: value for name, value in fields.items() if name.startswith("param_")}
    try:
        with ExitStack() as stack:
            connection = stack.enter_context(_connected(fields.get("database"), settings))
            if inserted is not None:
                sql = stack.enter_context(_from_file(sql, inserted))
            if mark := fields.get("log_comment"):
                connection.query(f"SET log_comment = {_literal(mark)}", "TabSeparated")
            # It takes bytes as well: what is asked need not be text.
            statement: Any = sql
            found = connection.query(statement, "TabSeparated", params=values)
            data = found.bytes() or b""
            read, written = found.rows_read(), found.rows_written()
    except (chdb.ChdbError, RuntimeError) as error:
        raise Failed(str(error)) from error
    summary = {"read_rows": str(read), "written_rows": str(written)}
    summary["result_rows"] = "1" if data else "0"
    headers = {
        "X-ClickHouse-Query-Id": fields.get("query_id") or str(uuid.uuid4()),
        "X-ClickHouse-Timezone": "UTC",
        "X-ClickHouse-Summary": json.dumps(summary),
    }
    given = _FORMAT.search(sql[-100:])
    if not _INSERT.match(sql) and (data or given):
        headers["X-ClickHouse-Format"] = given[1].decode() if given else "TabSeparated"
    return data, headers


@contextmanager
def _from_file(sql: bytes, inserted: bytes) -> Generator[bytes]:
    """An INSERT that takes its data from a file: chDB ends data in a statement at a blank line."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(inserted)
        file.flush()
        yield _FORMAT.sub(rb"FROM INFILE '%b' FORMAT \1" % file.name.encode(), sql)


@contextmanager
def _connected(database: str | None, settings: Sequence[str]) -> Generator[Any]:
    """A connection that has these settings alone: a new one, or one that was set up so before."""
    wanted = database, tuple(settings)
    with _lock:
        place = next((n for n, (known, _) in enumerate(_idle) if known == wanted), None)
        connection = None if place is None else _idle.pop(place)[1]
    if connection is None:
        connection = chdb.connect(":memory:")
    try:
        if place is None:
            if database:
                connection.query(f"USE `{database}`", "TabSeparated")
            if settings:
                connection.query(f"SET {', '.join(settings)}", "TabSeparated")
        yield connection
    except BaseException:
        connection.close()
        raise
    _keep(wanted, connection)


def _keep(wanted: _Setup, connection: Any) -> None:
    """Keep a connection for the next one who wants the like; an insert's token comes once."""
    gone = connection
    if not any(setting.startswith("insert_deduplication_token") for setting in wanted[1]):
        with _lock:
            _idle.append((wanted, connection))
            gone = _idle.pop(0)[1] if len(_idle) > _MOST_IDLE else None
    if gone is not None:
        gone.close()


def _literal(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
