"""Log lines on their way to a stream: together within a round of an event loop, else at once."""

import asyncio
import threading
from io import StringIO
from typing import cast

import pytest
import structlog

from callistics.server.logs import LoopStream


class Counted(StringIO):
    """A stream that counts how often it is written to, and fails where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.writes, self.fails = 0, False

    def write(self, text: str) -> int:
        self.writes += 1
        if self.fails:
            raise OSError("no space left")
        return super().write(text)


def logger(stream: Counted) -> structlog.WriteLogger:
    return structlog.WriteLogger(cast("StringIO", LoopStream(stream)))


def lines(stream: Counted) -> list[str]:
    return stream.getvalue().splitlines()


def test_lines_outside_of_a_loop_are_written_at_once() -> None:
    stream = Counted()
    log = logger(stream)
    log.info("one")
    assert lines(stream) == ["one"]
    log.info("two")
    assert lines(stream) == ["one", "two"]


def test_lines_of_a_round_are_written_together_and_in_order() -> None:
    stream = Counted()
    log = logger(stream)

    async def rounds() -> None:
        for line in "abc":
            log.info(line)
        assert not lines(stream)
        await asyncio.sleep(0)
        assert (lines(stream), stream.writes) == (["a", "b", "c"], 1)
        log.info("d")
        await asyncio.sleep(0)
        assert (lines(stream), stream.writes) == (["a", "b", "c", "d"], 2)

    asyncio.run(rounds())


def test_a_line_of_another_thread_comes_after_those_before_it() -> None:
    stream = Counted()
    log = logger(stream)

    async def rounds() -> None:
        log.info("first")
        other = threading.Thread(target=log.info, args=["second"])
        other.start()
        # The loop does not go on before it is written.
        other.join()
        assert lines(stream) == ["first", "second"]
        log.info("third")

    asyncio.run(rounds())
    assert lines(stream) == ["first", "second", "third"]


def test_the_last_lines_of_a_loop_are_written() -> None:
    stream = Counted()
    log = logger(stream)

    async def last() -> None:
        log.info("last")

    asyncio.run(last())
    assert lines(stream) == ["last"]


def test_a_stream_that_fails_takes_later_lines(caplog: pytest.LogCaptureFixture) -> None:
    stream = Counted()
    log = logger(stream)

    async def rounds() -> None:
        stream.fails = True
        log.info("lost")
        await asyncio.sleep(0)
        stream.fails = False
        log.info("kept")

    asyncio.run(rounds())
    assert lines(stream) == ["kept"]
    assert "no space left" in caplog.text
