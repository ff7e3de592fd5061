"""The calls behind a figure: fetched while they are iterated over, or all as a table."""

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from callistics.client import asking
from callistics.client.bodies import Sought
from callistics.client.found import CallPage, Record
from callistics.client.rows import tables
from callistics.client.transport import AsyncTransport, Transport

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class Calls:
    """Calls that match, each once, however many there are and whatever arrives meanwhile.

    The tables come from the server's own Arrow export: times are `timestamp[us]` in the zone of
    the search, durations and costs decimals, payloads canonical JSON.
    """

    def __init__(self, transport: Transport, sought: Sought) -> None:
        asking.check_sought(sought)
        self._transport, self._sought = transport, sought

    def __iter__(self) -> Iterator[Record]:
        for page in self.pages():
            yield from page.calls

    def pages(self) -> Iterator[CallPage]:
        """The calls `page_size` at a time, asked for when they are wanted."""
        request = asking.search(self._sought)
        while request is not None:
            page = self._transport.send(request)
            yield page
            request = asking.more(self._sought, page)

    def to_arrow(self) -> "pa.Table":
        """All of them as an Arrow table. Raises `ClientError`."""
        return tables.arrow_stream(self._transport.send(asking.all_calls(self._sought)))

    def to_polars(self) -> "pl.DataFrame":
        """All of them as a frame of Polars."""
        return tables.polars_stream(self._transport.send(asking.all_calls(self._sought)))

    def to_pandas(self) -> "pd.DataFrame":
        """All of them as a frame of pandas, its columns of Arrow's types."""
        return tables.pandas_frame(self.to_arrow())


class AsyncCalls:
    """The same for asyncio."""

    def __init__(self, transport: AsyncTransport, sought: Sought) -> None:
        asking.check_sought(sought)
        self._transport, self._sought = transport, sought

    async def __aiter__(self) -> AsyncIterator[Record]:
        async for page in self.pages():
            for call in page.calls:
                yield call

    async def pages(self) -> AsyncIterator[CallPage]:
        """The calls `page_size` at a time, asked for when they are wanted."""
        request = asking.search(self._sought)
        while request is not None:
            page = await self._transport.send(request)
            yield page
            request = asking.more(self._sought, page)

    async def to_arrow(self) -> "pa.Table":
        """All of them as an Arrow table. Raises `ClientError`."""
        return tables.arrow_stream(await self._transport.send(asking.all_calls(self._sought)))

    async def to_polars(self) -> "pl.DataFrame":
        """All of them as a frame of Polars."""
        return tables.polars_stream(await self._transport.send(asking.all_calls(self._sought)))

    async def to_pandas(self) -> "pd.DataFrame":
        """All of them as a frame of pandas, its columns of Arrow's types."""
        return tables.pandas_frame(await self.to_arrow())
