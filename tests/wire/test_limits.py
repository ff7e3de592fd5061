"""Limits that the engine itself enforces, and errors that come before anything works."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from callistics.engines.clickhouse.doctor import diagnose
from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.errors import CallisticsError, ClientLeft, EngineError, TimedOut, Unavailable
from callistics.interruption import interruptible
from callistics.sql.dialect import Statement
from support.engines import dsn
from support.faults import Fault
from support.leaving import leaving
from support.wired import Wire

ENDLESS = Statement("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)", ())
LARGE = Statement("SELECT length(groupArray(toString(number))) FROM numbers(100000000)", ())
WRONG = Statement("SELECT no_such_column FROM calls", ())
# What the driver asks without minding the answer.
PROBE = "SELECT 1 AS check"
ONE = Statement("SELECT toInt64(1)", ())


@contextmanager
def opened(folder: Path, **options: Any) -> Generator[ClickHouseEngine]:
    engine = ClickHouseEngine(dsn("wire", folder), readers=1, **options)
    try:
        yield engine
    finally:
        engine.close()


@pytest.mark.parametrize(
    # The time has to be enough for a small statement on a busy machine too.
    ("options", "statement", "error"),
    [
        ({"timeout": 2.0}, ENDLESS, TimedOut),
        ({"memory_limit": 20_000_000}, LARGE, Unavailable),
        ({}, WRONG, EngineError),
    ],
    ids=["time", "memory", "wrong"],
)
def test_a_statement_that_the_engine_ends(
    wire: Wire,
    tmp_path: Path,
    options: dict[str, Any],
    statement: Statement,
    error: type[CallisticsError],
) -> None:
    with opened(tmp_path, **options) as engine:
        with pytest.raises(CallisticsError) as caught:
            engine.run(statement)
        assert type(caught.value) is error
        assert [tuple(row) for row in engine.run(ONE)] == [(1,)]


@pytest.mark.parametrize("refused", [0, 2])
def test_a_statement_ends_when_nobody_waits_for_it(
    wire: Wire, tmp_path: Path, refused: int
) -> None:
    with opened(tmp_path) as engine:
        wire.reset()
        wire.order(Fault.UNAVAILABLE, "^KILL QUERY", count=refused)
        with interruptible(leaving(60)), pytest.raises(ClientLeft):
            engine.run(ENDLESS)
        killed = [sql for sql in wire.seen() if sql.startswith("KILL QUERY WHERE")]
        assert len(killed) > refused
        assert [tuple(row) for row in engine.run(ONE)] == [(1,)]


def test_a_server_that_ends_no_statements_is_not_asked_again(wire: Wire, tmp_path: Path) -> None:
    with opened(tmp_path) as engine:
        wire.reset()
        # ACCESS_DENIED
        wire.order(Fault.ERROR, "^KILL QUERY", code=497)
        with interruptible(leaving(1)), pytest.raises(TimedOut):
            engine.run(ENDLESS)
        assert len([sql for sql in wire.seen() if sql.startswith("KILL")]) == 1


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Fault.CUT_ANSWER, 0),
        (Fault.EMPTY, 0),
        (Fault.NOTHING, 0),
        (Fault.UNAVAILABLE, 0),
        (Fault.ERROR, 516),
    ],
)
def test_opening_fails_in_words(wire: Wire, tmp_path: Path, kind: Fault, code: int) -> None:
    for _ in range(2):
        wire.reset()
        with opened(tmp_path):
            pass
    statements = [sql for sql in wire.seen() if not sql.startswith(PROBE)]
    for place in range(len(statements)):
        wire.reset()
        wire.order(kind, f"^(?!{PROBE})", skip=place, count=100, code=code)
        try:
            with opened(tmp_path):
                pass
        except (EngineError, Unavailable):
            continue
        # What makes a table has an empty answer anyway; without the list of the server's settings
        # the driver sends those of the product all the same.
        assert kind in (Fault.EMPTY, Fault.NOTHING), statements[place]
        assert statements[place].startswith(("CREATE", "SELECT name, value, readonly"))
    wire.reset()
    with opened(tmp_path) as engine:
        assert [tuple(row) for row in engine.run(ONE)] == [(1,)]


def test_a_diagnosis_names_the_trouble(wire: Wire, tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    address = dsn("wire", tmp_path)
    assert diagnose(address).problems == ()
    for skip in range(0, 8, 2):
        wire.reset()
        wire.order(Fault.CUT_ANSWER, skip=skip, count=100)
        assert diagnose(address).problems
