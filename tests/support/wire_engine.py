"""Statements as they arrive over ClickHouse's HTTP interface, run by chDB."""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

import chdb

# Parameters of the interface itself; every other one is a setting.
_TRANSPORT = frozenset(
    {
        "client_protocol_version",
        "database",
        "enable_http_compression",
        "http_headers_progress_interval_ms",
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
_FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_INSERT = re.compile(rb"\s*INSERT\b", re.IGNORECASE)
_CODE = re.compile(r"Code: (\d+)\.")
# http_max_field_value_size, which holds for every field of an address or form.
_MAX_FIELD = 131_072


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


def run(sql: bytes, fields: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """The answer to a statement, and its headers. Raises `Failed`."""
    for value in fields.values():
        if len(value.encode("utf-8", "surrogateescape")) > _MAX_FIELD:
            raise Failed("HTML Form Exception: Field value too long")
    settings = [
        f"{name} = {_literal(value)}"
        for name, value in fields.items()
        if name not in _TRANSPORT and not name.startswith("param_")
    ]
    values = {name[6:]: value for name, value in fields.items() if name.startswith("param_")}
    # A connection of its own keeps a request's settings to itself.
    connection = chdb.connect(":memory:")
    try:
        if fields.get("database"):
            connection.query(f"USE `{fields['database']}`", "TabSeparated")
        if settings:
            connection.query(f"SET {', '.join(settings)}", "TabSeparated")
        # It takes bytes as well: what is inserted need not be text.
        statement: Any = sql
        found = connection.query(statement, "TabSeparated", params=values)
        data = found.bytes() or b""
        read, written = found.rows_read(), found.rows_written()
    except (chdb.ChdbError, RuntimeError) as error:
        raise Failed(str(error)) from error
    finally:
        connection.close()
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


def _literal(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
