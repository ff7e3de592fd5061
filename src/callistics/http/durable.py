"""Waiting until what a request brings is stored."""

import asyncio
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")
_Waiter = asyncio.Future[Any]


async def durable(done: "Future[T]") -> T:
    """What became of it, once it is stored.

    A client that goes away does not take back what is being committed.
    """
    loop = asyncio.get_running_loop()
    if loop not in _arrivals:
        _arrivals[loop] = _Arrivals()
    waiter: asyncio.Future[T] = loop.create_future()
    done.add_done_callback(partial(_arrivals[loop].come, waiter))
    return await waiter


class _Arrivals:
    """Results that other threads have for those who wait in an event loop.

    The loop is woken once for all that come before it looks: a commit has the results of many
    requests, and each call that wakes a loop gives the interpreter away.
    """

    def __init__(self) -> None:
        self._there: deque[tuple[_Waiter, Future[Any]]] = deque()
        self._woken = False

    def come(self, waiter: _Waiter, done: "Future[Any]") -> None:
        loop = waiter.get_loop()
        if loop.is_closed():
            return
        self._there.append((waiter, done))
        # Said before the loop looks: whoever comes after that wakes it again.
        if not self._woken:
            self._woken = True
            loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        self._woken = False
        while self._there:
            waiter, done = self._there.popleft()
            if done.cancelled():
                waiter.cancel()
            elif not waiter.done():
                _settle(waiter, done)


def _settle(waiter: _Waiter, done: "Future[Any]") -> None:
    error = done.exception()
    if error is None:
        waiter.set_result(done.result())
    else:
        waiter.set_exception(error)


_arrivals: WeakKeyDictionary[asyncio.AbstractEventLoop, _Arrivals] = WeakKeyDictionary()
