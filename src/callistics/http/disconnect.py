"""Waiting until a client is gone."""

from litestar.types import Receive


async def disconnected(receive: Receive) -> None:
    """Return once the client has closed its connection, or has its answer."""
    while (await receive())["type"] != "http.disconnect":
        pass
