"""A connection to PostgreSQL that only reads, and its errors as sentences."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from callistics.cli.root import Failure
from callistics.cli.syncing.values import prepare
from callistics.files.lines import UnreadableError

_SCHEMES = ("postgresql://", "postgres://")
_DEFAULTS = {"connect_timeout": 10, "application_name": "callistics sync"}
# Whatever encoding the database has, or the environment asks for: values are read as UTF-8.
_FIXED = {"client_encoding": "UTF8"}
# What the server says when it, or an administrator, ends connections.
_ENDED = ("57P01", "57P02", "57P03")


class LostError(UnreadableError):
    """The connection has ended before all was read."""


def place_of(dsn: str) -> str:
    """The host, port and name of a database, without user and password. Raises `Failure`."""
    parts = _parts(dsn)
    names = (parts.get(name) for name in ("host", "port", "dbname"))
    host, port, database = (None if one is None else str(one) for one in names)
    return f"{host or 'default host'}:{port or 'default port'}/{database or 'default database'}"


def _parts(dsn: str) -> dict[str, Any]:
    if not dsn.startswith(_SCHEMES):
        raise Failure("the source must look like postgresql://user@host:5432/database")
    try:
        return dict(conninfo_to_dict(dsn))
    except psycopg.Error as error:
        raise Failure(f"the address of the database: {_said(error)}") from None


@contextmanager
def connected(dsn: str) -> Generator[Connection[Any]]:
    """A connection that sees one state of the tables until it ends. Raises `Failure`."""
    given = make_conninfo("", **{**_DEFAULTS, **_parts(dsn), **_FIXED})
    try:
        connection = psycopg.connect(given)
    except psycopg.Error as error:
        raise Failure(f"cannot connect to {place_of(dsn)}: {_said(error)}") from None
    with connection:
        connection.read_only = True
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        try:
            with asking():
                prepare(connection)
            yield connection
        except LostError as error:
            raise Failure(f"{place_of(dsn)}: {lost(error)}") from None


def lost(error: LostError) -> str:
    """What to do where a connection was lost."""
    return f"{error}; run the sync again, it goes on after what it stored"


@contextmanager
def asking() -> Generator[None]:
    """Raises `Failure` for what the database refuses, `LostError` where it is gone."""
    try:
        yield
    except psycopg.Error as error:
        if isinstance(error, psycopg.OperationalError) and _is_gone(error):
            raise LostError(f"the connection was lost ({_said(error)})") from error
        raise Failure(f"PostgreSQL: {_said(error)}") from error


def _is_gone(error: psycopg.OperationalError) -> bool:
    return error.sqlstate is None or error.sqlstate.startswith("08") or error.sqlstate in _ENDED


def _said(error: psycopg.Error) -> str:
    """The first line of what was said, with the hint if there is one."""
    text = error.diag.message_primary or next(
        (line.strip() for line in reversed(str(error).splitlines()) if line.strip()),
        type(error).__name__,
    )
    hint = error.diag.message_hint
    return f"{text} ({hint})" if hint else text
