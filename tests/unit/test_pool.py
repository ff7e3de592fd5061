"""Threads that work for the event loop."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from callistics.errors import Unavailable
from callistics.http.pool import Pool
from support.asynchronous import finished


def test_results_and_errors_come_back() -> None:
    def fail() -> None:
        raise LookupError("gone")

    async def ask(pool: Pool) -> list[int]:
        with pytest.raises(LookupError, match="gone"):
            await pool.run(fail)
        works: list[Callable[[], int]] = [lambda n=n: n * n for n in range(20)]
        return list(await asyncio.gather(*map(pool.run, works)))

    pool = Pool("test", 2, 20)
    assert finished(ask(pool)) == [n * n for n in range(20)]
    assert pool.busy == 0
    pool.stop()


def test_the_thread_that_was_busy_last_works_first() -> None:
    async def ask(pool: Pool) -> set[str]:
        return {await pool.run(lambda: threading.current_thread().name) for _ in range(9)}

    pool = Pool("test", 4, 4)
    assert finished(ask(pool)) == {"test_0"}
    pool.stop()


def test_more_than_may_wait_is_refused_and_what_waits_is_done_before_the_end() -> None:
    done: list[int] = []

    async def ask(pool: Pool) -> None:
        go = threading.Event()
        first = asyncio.create_task(pool.run(lambda: go.wait(60)))
        second = asyncio.create_task(pool.run(lambda: done.append(2)))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await pool.run(lambda: done.append(3))
        stopping = asyncio.create_task(asyncio.to_thread(pool.stop))
        go.set()
        await asyncio.gather(first, second, stopping)
        with pytest.raises(Unavailable):
            await pool.run(lambda: done.append(4))

    finished(ask(Pool("test", 1, 1)))
    assert done == [2]


def test_what_nobody_awaits_any_more_is_not_begun() -> None:
    done: list[int] = []

    async def ask(pool: Pool) -> None:
        go = threading.Event()
        first = asyncio.create_task(pool.run(lambda: go.wait(60)))
        second = asyncio.create_task(pool.run(lambda: done.append(2)))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        go.set()
        await first
        await pool.run(lambda: done.append(3))

    pool = Pool("test", 1, 1)
    finished(ask(pool))
    assert done == [3]
    pool.stop()
