"""Waiting until what a request brings is stored."""

import asyncio
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def durable(done: "Future[T]") -> T:
    """What became of it, once it is stored."""
    # Shielded: a client that goes away does not take back what is being committed.
    return await asyncio.shield(asyncio.wrap_future(done))
