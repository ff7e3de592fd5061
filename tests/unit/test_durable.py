"""How an event loop hears of what a commit stored."""

import asyncio
from concurrent.futures import Future
from threading import Thread
from typing import Any

import pytest

from callistics.http.durable import durable


def test_each_hears_what_became_of_its_own() -> None:
    async def ask() -> tuple[list[Any], int]:
        loop, wakings = asyncio.get_running_loop(), 0
        waking = loop.call_soon_threadsafe

        def counted(*args: Any, **named: Any) -> Any:
            nonlocal wakings
            wakings += 1
            return waking(*args, **named)

        done: list[Future[int]] = [Future() for _ in range(50)]
        asking = [asyncio.create_task(durable(one)) for one in done]
        await asyncio.sleep(0)
        counting: Any = loop
        counting.call_soon_threadsafe = counted
        asking[1].cancel()

        def settle() -> None:
            for number, one in enumerate(done):
                if number == 2:
                    one.set_exception(LookupError("two"))
                else:
                    one.set_result(number)

        # The loop looks at nothing before all of them are there.
        settling = Thread(target=settle)
        settling.start()
        settling.join()
        heard = asyncio.gather(*asking, return_exceptions=True)
        return await asyncio.wait_for(heard, 60), wakings

    found, wakings = asyncio.run(ask())
    assert isinstance(found[1], asyncio.CancelledError)
    assert isinstance(found[2], LookupError)
    assert [found[0], *found[3:]] == [0, *range(3, 50)]
    assert wakings == 1


def test_whoever_comes_after_the_loop_looked_is_heard_too() -> None:
    async def ask() -> list[int]:
        found: list[int] = []
        for number in range(3):
            done: Future[int] = Future()
            asking = asyncio.create_task(durable(done))
            await asyncio.sleep(0)
            Thread(target=done.set_result, args=(number,)).start()
            found.append(await asyncio.wait_for(asking, 60))
        return found

    assert asyncio.run(ask()) == [0, 1, 2]


def test_what_is_cancelled_keeps_nobody_waiting() -> None:
    async def ask() -> list[Any]:
        gone: Future[int] = Future()
        done: Future[int] = Future()
        asking = [asyncio.create_task(durable(one)) for one in (gone, done)]
        await asyncio.sleep(0)
        gone.cancel()
        done.set_result(1)
        return await asyncio.wait_for(asyncio.gather(*asking, return_exceptions=True), 60)

    first, second = asyncio.run(ask())
    assert isinstance(first, asyncio.CancelledError)
    assert second == 1


def test_what_is_stored_after_the_loop_ended_hurts_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: Future[int] = Future()

    async def ask() -> None:
        asking = asyncio.create_task(durable(done))
        await asyncio.sleep(0)
        asking.cancel()

    asyncio.run(ask())
    done.set_result(1)
    assert not caplog.records
