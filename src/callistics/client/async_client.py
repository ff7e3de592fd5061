"""The client for asyncio: the methods of `Client`, to be awaited."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self, Unpack, overload

import httpx

from callistics.client import admin, alerts, asking
from callistics.client.alerts import Alert
from callistics.client.bodies import (
    Asked,
    AskedPage,
    Kind,
    Locked,
    Moment,
    Permission,
    Query,
    QueryType,
    Scope,
    Sought,
)
from callistics.client.errors import StatusError
from callistics.client.found import (
    AuditPage,
    EmbedToken,
    Erased,
    Key,
    PayloadKeys,
    Record,
    Value,
)
from callistics.client.ingesting import (
    Batcher,
    Ingestion,
    Lines,
    Terms,
    batches,
    records_of,
)
from callistics.client.options import (
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    Changes,
    changed,
    read_options,
)
from callistics.client.receipts import Receipt
from callistics.client.rows.answers import Answer
from callistics.client.rows.calls import AsyncCalls
from callistics.client.transport import AsyncTransport


class AsyncClient:
    """As `Client`, for asyncio: every method is to be awaited, what is many is iterated over."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        options = read_options(url, key, timeout, max_retries, headers)
        self._transport = AsyncTransport(options, http_client)

    def __repr__(self) -> str:
        return f"AsyncClient({self.url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._transport.options.url

    async def aclose(self) -> None:
        """End its connections, which those of `with_options` are too."""
        await self._transport.close()

    def with_options(
        self,
        **changes: Unpack[Changes],
    ) -> "AsyncClient":
        """The same client with other options, over the same connections."""
        other = object.__new__(AsyncClient)
        options = changed(self._transport.options, changes)
        other._transport = self._transport.again(options)
        return other

    async def query(self, query_type: QueryType, **asked: Unpack[AskedPage]) -> Answer:
        """Answer a query: every row, or with `page` or `page_size` those of one page."""
        return await self._transport.run(asking.query(query_type, asked))

    async def pages(
        self, query_type: QueryType, *, page_size: int = asking.LARGEST_PAGE, **asked: Unpack[Asked]
    ) -> AsyncIterator[Answer]:
        """Every page of a query, each asked for when it is wanted."""
        request = asking.pages(query_type, asked, page_size)
        while request is not None:
            page = await self._transport.send(request)
            yield page
            request = asking.next_page(page)

    @overload
    async def batch(
        self, queries: Sequence[Query], *, return_errors: Literal[False] = False
    ) -> list[Answer]: ...

    @overload
    async def batch(
        self, queries: Sequence[Query], *, return_errors: Literal[True]
    ) -> list[Answer | StatusError]: ...

    async def batch(
        self, queries: Sequence[Query], *, return_errors: bool = False
    ) -> Sequence[Answer | StatusError]:
        """Answer up to 50 queries of one state of the records, a page of each, in their order.

        The first that has no answer is raised, or with `return_errors` stands in its place.
        """
        answers = await self._transport.send(asking.batch(queries))
        return answers if return_errors else asking.raised(answers)

    def search_calls(self, **sought: Unpack[Sought]) -> AsyncCalls:
        """Every call that matches, fetched while it is iterated over, or whole as a table."""
        return AsyncCalls(self._transport, sought)

    async def call(
        self, call_id: str, *, merchant_id: str | None = None, timezone: str | None = None
    ) -> Record:
        """One call, also one that is pending or a test."""
        return await self._transport.send(asking.shown("calls", call_id, merchant_id, timezone))

    async def lead(
        self, lead_id: str, *, merchant_id: str | None = None, timezone: str | None = None
    ) -> Record:
        """One lead with its `calls` and the `history` of its status."""
        return await self._transport.send(asking.shown("leads", lead_id, merchant_id, timezone))

    async def erase_call(self, call_id: str, *, merchant_id: str | None = None) -> Erased:
        """Erase a call for good; later records of it are refused for some days."""
        return await self._transport.send(asking.erased("calls", call_id, merchant_id))

    async def erase_lead(self, lead_id: str, *, merchant_id: str | None = None) -> Erased:
        """Erase a lead with all its calls for good; later records of them are refused."""
        return await self._transport.send(asking.erased("leads", lead_id, merchant_id))

    async def types(self) -> dict[str, Any]:
        """What can be asked: query types, filters, operators, measures, dimensions, settings."""
        return await self._transport.send(asking.types())

    async def values(
        self, field: str, *, prefix: str | None = None, limit: int | None = None
    ) -> list[Value]:
        """The values of a field, those of most calls first: 50, or up to `limit`."""
        return await self._transport.send(asking.values(field, prefix, limit))

    async def payload_keys(self) -> PayloadKeys:
        """The keys that payloads have."""
        return await self._transport.send(asking.payload_keys())

    async def ingest(
        self,
        records: Iterable[Any] | AsyncIterable[Any],
        kind: Kind = "calls",
        **terms: Unpack[Terms],
    ) -> Receipt:
        """Store records as `Client.ingest` does; they may come asynchronously, too."""
        ingestion = Ingestion(kind, terms, self.url)
        async for lines in _batches(records, ingestion.batcher):
            await self._transport.run(ingestion.batch(lines))
        return ingestion.receipt

    async def create_key(
        self,
        name: str,
        permissions: Sequence[Permission],
        *,
        scope: Scope | None = None,
        expires_at: Moment | None = None,
    ) -> Key:
        """Make an access key; its `secret` is shown this once."""
        return await self._transport.send(admin.create_key(name, permissions, scope, expires_at))

    async def list_keys(self) -> list[Key]:
        """The access keys."""
        return await self._transport.send(admin.list_keys())

    async def rotate_key(self, key_id: str, *, overlap: int | None = None) -> Key:
        """Make a key that follows another, which holds for `overlap` seconds yet, else a day."""
        return await self._transport.send(admin.rotate_key(key_id, overlap))

    async def revoke_key(self, key_id: str) -> None:
        """Refuse a key from now on."""
        await self._transport.send(admin.revoke_key(key_id))

    async def create_embed_token(
        self,
        scope: Scope,
        *,
        expires_in: int | None = None,
        locked: Locked | None = None,
        origins: Sequence[str] | None = None,
    ) -> EmbedToken:
        """Sign a token that can query and nothing else, for `expires_in` seconds."""
        return await self._transport.send(
            admin.create_embed_token(scope, expires_in, locked, origins)
        )

    async def audit_page(
        self,
        *,
        action: str | None = None,
        begin: str | None = None,
        end: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AuditPage:
        """Some entries of the audit log, the newest first; `begin` and `end` are in UTC."""
        asked = admin.audit_page(action, begin, end, limit, cursor)
        return await self._transport.send(asked)

    async def revoke_embed_tokens(self) -> None:
        """Refuse every token that was signed so far."""
        await self._transport.send(admin.revoke_embed_tokens())

    async def create_alert(self, body: Mapping[str, Any]) -> Alert:
        """Make an alert from the body that the API takes; its secrets are shown this once."""
        return await self._transport.send(alerts.create_alert(body))

    async def list_alerts(self) -> Sequence[Alert]:
        """The alerts, each with its state."""
        return await self._transport.send(alerts.list_alerts())

    async def get_alert(self, alert_id: str) -> Alert:
        """An alert with its groups, what changed and what was told."""
        return await self._transport.send(alerts.get_alert(alert_id))

    async def change_alert(self, alert_id: str, **changes: Any) -> Alert:
        """Change some fields of an alert."""
        return await self._transport.send(alerts.change_alert(alert_id, changes))

    async def delete_alert(self, alert_id: str) -> None:
        """Delete an alert."""
        await self._transport.send(alerts.delete_alert(alert_id))

    async def simulate_alert(
        self, alert: str | Mapping[str, Any], since: Moment, until: Moment | None = None
    ) -> dict[str, Any]:
        """What an alert, by its id or the body of one, would have done in a range."""
        return await self._transport.send(alerts.simulate_alert(alert, since, until))

    async def test_alert(self, alert_id: str) -> Sequence[Mapping[str, Any]]:
        """Send a notice that is marked as a test; what became of it at each place."""
        return await self._transport.send(alerts.test_alert(alert_id))


async def _batches(
    records: Iterable[Any] | AsyncIterable[Any], batcher: Batcher
) -> AsyncIterator[Lines]:
    if not isinstance(records, AsyncIterable):
        for lines in batches(records_of(records), batcher):
            yield lines
        return
    async for record in records:
        if (full := batcher.add(record)) is not None:
            yield full
    if rest := batcher.rest():
        yield rest
