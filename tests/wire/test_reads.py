"""What a reader makes of answers that are late, cut, garbled or not there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.errors import CallisticsError, EngineError, TimedOut, Unavailable
from callistics.sql.dialect import Statement
from support import inside
from support.engines import dsn
from support.faults import Fault
from support.store import Store
from support.wired import Wire

from .impatience import impatient

COMPRESSIONS = ("zstd", "lz4", "gzip", "deflate", "False")
ROWS = 20_000
# Not compressed well, so that half of it is something.
MANY = Statement("SELECT number, hex(sipHash128(number)) FROM numbers({p0:Int64})", (ROWS,))
FEW = Statement("SELECT toInt64(1)", ())
NONE = Statement("SELECT number FROM numbers(10) WHERE number > 10", ())
ALWAYS = 100
CODES = [
    (159, TimedOut),
    (160, TimedOut),
    (241, Unavailable),
    (202, Unavailable),
    (209, Unavailable),
    (999, Unavailable),
    (47, EngineError),
    (1000, EngineError),
]


def fails(
    store: Store, error: type[CallisticsError], read: Callable[[], object] | None = None
) -> None:
    """A read ends in just this error, and the next one is well."""
    run = store.engine.run
    with pytest.raises(CallisticsError) as caught:
        (read or (lambda: run(MANY)))()
    assert type(caught.value) is error


def is_well(store: Store, wire: Wire) -> None:
    wire.reset()
    assert len(store.engine.run(MANY)) == ROWS


@pytest.fixture(params=COMPRESSIONS)
def compressed(
    request: pytest.FixtureRequest, store: Store, monkeypatch: pytest.MonkeyPatch
) -> Store:
    """A store whose answers come compressed in one way, or not at all."""
    chosen = None if request.param == "False" else request.param
    for client in inside.server_readers(store.engine):
        monkeypatch.setattr(client, "compression", chosen)
    return store


def test_the_server_compresses_as_it_is_asked(compressed: Store) -> None:
    backend = inside.transport(inside.server_readers(compressed.engine)[-1])
    headers = {"Accept-Encoding": backend.compression} if backend.compression else {}
    answer = backend.request(b"SELECT 1", {}, headers=headers)
    assert answer.headers.get("Content-Encoding") == backend.compression
    assert answer.headers["X-ClickHouse-Format"] == "TabSeparated"
    assert answer.headers["X-ClickHouse-Timezone"] == "UTC"


def test_answers_are_read_whole(compressed: Store) -> None:
    rows = compressed.engine.run(MANY)
    assert [row[0] for row in rows] == list(range(ROWS))
    assert compressed.engine.run(NONE) == []


@pytest.mark.parametrize("statement", [FEW, MANY], ids=["few", "many"])
@pytest.mark.parametrize("kind", [Fault.CUT_ANSWER, Fault.EMPTY, Fault.NOTHING])
def test_a_lost_answer_is_no_answer(
    compressed: Store, wire: Wire, kind: Fault, statement: Statement
) -> None:
    wire.order(kind, count=ALWAYS)
    fails(compressed, Unavailable, lambda: compressed.engine.run(statement))
    is_well(compressed, wire)


@pytest.mark.parametrize("kind", [Fault.CUT_EXECUTED, Fault.UNAVAILABLE])
def test_a_server_that_is_gone_is_asked_again(store: Store, wire: Wire, kind: Fault) -> None:
    wire.order(kind, count=1)
    assert len(store.engine.run(MANY)) == ROWS
    wire.order(kind, count=ALWAYS)
    fails(store, Unavailable)
    is_well(store, wire)


@pytest.mark.parametrize("kind", [Fault.STALL, Fault.STALL_ANSWER])
def test_waiting_has_an_end(compressed: Store, wire: Wire, kind: Fault) -> None:
    wire.order(kind, count=ALWAYS)
    with impatient(compressed):
        fails(compressed, TimedOut)
    is_well(compressed, wire)


@pytest.mark.parametrize(("code", "error"), CODES)
def test_errors_of_the_server(
    store: Store, wire: Wire, code: int, error: type[CallisticsError]
) -> None:
    wire.order(Fault.ERROR, count=ALWAYS, code=code)
    fails(store, error)
    is_well(store, wire)


@pytest.mark.parametrize(("code", "error"), CODES)
def test_errors_after_some_of_the_data(
    compressed: Store, wire: Wire, code: int, error: type[CallisticsError]
) -> None:
    wire.order(Fault.MIDWAY, count=ALWAYS, code=code)
    fails(compressed, error)
    is_well(compressed, wire)


def test_nobody_at_the_address(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    inside.unreachable(inside.server_readers(store.engine)[-1], monkeypatch)
    fails(store, Unavailable)


@pytest.mark.parametrize("compress", COMPRESSIONS)
def test_the_driver_takes_each_compression_from_the_dsn(compress: str, tmp_path: Path) -> None:
    engine = ClickHouseEngine(f"{dsn('wire', tmp_path)}&compress={compress}", readers=1)
    try:
        assert len(engine.run(MANY)) == ROWS
    finally:
        engine.close()


def test_a_reader_connects_when_it_is_needed(wire: Wire, tmp_path: Path) -> None:
    engine = ClickHouseEngine(dsn("wire", tmp_path), readers=3)
    connecting = "FROM system.settings"
    try:
        before = sum(connecting in sql for sql in wire.seen())
        wire.order(Fault.UNAVAILABLE, connecting, count=ALWAYS)
        with pytest.raises(CallisticsError) as caught:
            engine.run(FEW)
        assert type(caught.value) is Unavailable
        wire.reset()
        for _ in range(4):
            assert engine.run(FEW) == [(1,)]
        assert (before, sum(connecting in sql for sql in wire.seen())) == (2, 1)
    finally:
        engine.close()
