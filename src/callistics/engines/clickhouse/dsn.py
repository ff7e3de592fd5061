"""Talking to ClickHouse: where it is, and how connections to it are opened."""

import logging
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from callistics.engines.clickhouse.connection import Client, Connection, Follow, cause
from callistics.errors import EngineError
from callistics.texts import install

_INSTALL = install("clickhouse")
# What the driver has to say is said by the errors that it raises.
logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)
_GRACE = 10
_HTTP: Mapping[str, Any] = {
    "autogenerate_session_id": False,
    "form_encode_query_params": True,
    "dedicated_pool": True,
}

# Standard SQL where ClickHouse's own default differs; calendars that reach from 1900 to 2299; JSON
# whose texts stay texts.
_SETTINGS: Mapping[str, Any] = {
    "aggregate_functions_null_for_empty": 1,
    "join_use_nulls": 1,
    "enable_extended_results_for_datetime_functions": 1,
    "input_format_try_infer_dates": 0,
    "input_format_try_infer_datetimes": 0,
    "max_partitions_per_insert_block": 0,
    "output_format_arrow_string_as_string": 1,
    "output_format_arrow_low_cardinality_as_dictionary": 0,
}
_CLUSTER_SETTINGS: Mapping[str, Any] = {
    "distributed_product_mode": "local",
    "distributed_foreground_insert": 1,
    "insert_quorum": "auto",
    "insert_quorum_parallel": 0,
    "select_sequential_consistency": 1,
    "skip_unavailable_shards": 0,
    "distributed_ddl_task_timeout": 180,
}


class Address:
    """A DSN taken apart.

    `clickhouse://user:password@host:8123/database`, with TLS `clickhouses://…`; in process
    `chdb:///folder` or `chdb://memory`, each with `?database=name`. `?cluster=name` makes tables
    that are replicated and sharded on that cluster; every other option is the driver's own.
    """

    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        options = dict(parse_qsl(parts.query))
        self.cluster = options.pop("cluster", None)
        self.in_process = parts.scheme == "chdb"
        self.shown = f"{parts.scheme}://{parts.hostname or ''}{_port(parts.port)}{parts.path}"
        if self.cluster is not None and not re.fullmatch(r"\w+", self.cluster):
            raise EngineError(f"{self.shown}: the name of a cluster has letters, digits and _ only")
        path = parts.path if self.in_process else ""
        named = options.pop("database", None) or ("" if path else parts.path.strip("/"))
        self.database = named or "callistics"
        if self.in_process:
            if parts.netloc != "memory" and not path.strip("/"):
                raise EngineError(f"{self.shown}: names no folder; write chdb:///folder")
        elif parts.scheme == "clickhouses":
            options["secure"] = "true"
        scheme = "chdb" if self.in_process else "clickhouse"
        self._dsn = urlunsplit((scheme, parts.netloc, path, urlencode(options), ""))

    @property
    def quoted_database(self) -> str:
        """The database's name as an identifier."""
        return "`" + self.database.replace("\\", "\\\\").replace("`", "\\`") + "`"

    def connect(self, timeout: float) -> Connection:
        """A new connection to no database in particular. Raises `EngineError`."""
        connect = partial(self._connect, {}, {}, None)
        return self._opened(Connection(connect, timeout, in_process=self.in_process))

    def create_database(self, timeout: float) -> Connection:
        """Make the database if it is not there, on a new connection. Raises `EngineError`."""
        client = self.connect(timeout)
        where = "" if self.cluster is None else f" ON CLUSTER {self.cluster}"
        try:
            client.command(f"CREATE DATABASE IF NOT EXISTS {self.quoted_database}{where}")
        except Exception as error:
            client.close()
            raise EngineError(f"cannot open {self.shown}: {cause(error)}") from error
        return client

    def open(self, timeout: float, memory_limit: int | None, threads: int | None) -> Connection:
        """A new connection whose statements may take `timeout` seconds. Raises `EngineError`."""
        return self._opened(self.prepare(timeout, memory_limit, threads))

    def prepare(
        self,
        timeout: float,
        memory_limit: int | None,
        threads: int | None,
        follow: Follow | None = None,
    ) -> Connection:
        """The same, opened when it is first used: that takes longer than most statements.

        `follow` is that of `Connection`.
        """
        settings = {**_SETTINGS, "max_execution_time": timeout}
        if self.cluster is not None:
            settings |= _CLUSTER_SETTINGS
        if memory_limit is not None:
            settings["max_memory_usage"] = memory_limit
        if threads is not None:
            settings["max_threads"] = threads
        # A server that hangs is given up a little after it should have ended the query itself.
        transport = {"send_receive_timeout": int(timeout) + _GRACE}
        connect = partial(self._connect, settings, transport, self.database)
        return Connection(connect, timeout, in_process=self.in_process, follow=follow)

    def _connect(
        self, settings: Mapping[str, Any], transport: Mapping[str, Any], database: str | None
    ) -> Client:
        import clickhouse_connect  # noqa: PLC0415 - a driver that is not always installed

        transport = {} if self.in_process else {**_HTTP, **transport}
        client = clickhouse_connect.get_client(
            dsn=self._dsn, database=database or "default", settings=dict(settings), **transport
        )
        return cast("Client", client)

    def _opened(self, connection: Connection) -> Connection:
        try:
            connection.open()
        except ImportError as error:
            more = " and pip install chdb" if self.in_process else ""
            message = f"the driver of {self.shown} is not installed: {_INSTALL}{more}"
            raise EngineError(message) from error
        except Exception as error:
            raise EngineError(f"cannot open {self.shown}: {cause(error)}") from error
        return connection


def _port(port: int | None) -> str:
    return "" if port is None else f":{port}"
