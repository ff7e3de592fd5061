"""The client."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    Ingestion,
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
from callistics.client.rows.calls import Calls
from callistics.client.transport import Transport


class Client:
    """Talks to a Callistics server. Every method raises `ClientError` and its kinds.

    `url` and `key` are read from `CALLISTICS_URL` and `CALLISTICS_KEY` where they are not given.
    `timeout` is in seconds. A request is sent again up to `max_retries` times where that helps:
    without an answer, and at 408, 409, 429 and 5xx. It may be used from several threads.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        options = read_options(url, key, timeout, max_retries, headers)
        self._transport = Transport(options, http_client, sleep=sleep)

    def __repr__(self) -> str:
        return f"Client({self.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._transport.options.url

    def close(self) -> None:
        """End its connections, which those of `with_options` are too."""
        self._transport.close()

    def with_options(
        self,
        **changes: Unpack[Changes],
    ) -> "Client":
        """The same client with other options, over the same connections."""
        other = object.__new__(Client)
        options = changed(self._transport.options, changes)
        other._transport = self._transport.again(options)
        return other

    def query(self, query_type: QueryType, **asked: Unpack[AskedPage]) -> Answer:
        """Answer a query: every row, or with `page` or `page_size` those of one page."""
        return self._transport.run(asking.query(query_type, asked))

    def pages(
        self, query_type: QueryType, *, page_size: int = asking.LARGEST_PAGE, **asked: Unpack[Asked]
    ) -> Iterator[Answer]:
        """Every page of a query, each asked for when it is wanted."""
        request = asking.pages(query_type, asked, page_size)
        while request is not None:
            page = self._transport.send(request)
            yield page
            request = asking.next_page(page)

    @overload
    def batch(
        self, queries: Sequence[Query], *, return_errors: Literal[False] = False
    ) -> list[Answer]: ...

    @overload
    def batch(
        self, queries: Sequence[Query], *, return_errors: Literal[True]
    ) -> list[Answer | StatusError]: ...

    def batch(
        self, queries: Sequence[Query], *, return_errors: bool = False
    ) -> Sequence[Answer | StatusError]:
        """Answer up to 50 queries of one state of the records, a page of each, in their order.

        The first that has no answer is raised, or with `return_errors` stands in its place.
        """
        answers = self._transport.send(asking.batch(queries))
        return answers if return_errors else asking.raised(answers)

    def search_calls(self, **sought: Unpack[Sought]) -> Calls:
        """Every call that matches, fetched while it is iterated over, or whole as a table."""
        return Calls(self._transport, sought)

    def call(
        self, call_id: str, *, merchant_id: str | None = None, timezone: str | None = None
    ) -> Record:
        """One call, also one that is pending or a test."""
        return self._transport.send(asking.shown("calls", call_id, merchant_id, timezone))

    def lead(
        self, lead_id: str, *, merchant_id: str | None = None, timezone: str | None = None
    ) -> Record:
        """One lead with its `calls` and the `history` of its status."""
        return self._transport.send(asking.shown("leads", lead_id, merchant_id, timezone))

    def erase_call(self, call_id: str, *, merchant_id: str | None = None) -> Erased:
        """Erase a call for good; later records of it are refused for some days."""
        return self._transport.send(asking.erased("calls", call_id, merchant_id))

    def erase_lead(self, lead_id: str, *, merchant_id: str | None = None) -> Erased:
        """Erase a lead with all its calls for good; later records of them are refused."""
        return self._transport.send(asking.erased("leads", lead_id, merchant_id))

    def types(self) -> dict[str, Any]:
        """What can be asked: query types, filters, operators, measures, dimensions, settings."""
        return self._transport.send(asking.types())

    def values(
        self, field: str, *, prefix: str | None = None, limit: int | None = None
    ) -> list[Value]:
        """The values of a field, those of most calls first: 50, or up to `limit`."""
        return self._transport.send(asking.values(field, prefix, limit))

    def payload_keys(self) -> PayloadKeys:
        """The keys that payloads have."""
        return self._transport.send(asking.payload_keys())

    def ingest(
        self,
        records: Iterable[Any],
        kind: Kind = "calls",
        **terms: Unpack[Terms],
    ) -> Receipt:
        """Store records, a batch at a time: mappings, or rows of Polars, pandas or Arrow.

        `timezone` is that of times without an offset. With `on_error="skip"` bad records are left
        out and go to `on_rejected`; else the first batch with one is refused whole, and its error
        has the `receipt` of those before. `progress` is given the receipt so far after each
        batch. Each batch has an idempotency key, made of `idempotency_key` and its number or at
        random, so that one that is sent again is stored once.
        """
        ingestion = Ingestion(kind, terms, self.url)
        for lines in batches(records_of(records), ingestion.batcher):
            self._transport.run(ingestion.batch(lines))
        return ingestion.receipt

    def create_key(
        self,
        name: str,
        permissions: Sequence[Permission],
        *,
        scope: Scope | None = None,
        expires_at: Moment | None = None,
    ) -> Key:
        """Make an access key; its `secret` is shown this once."""
        return self._transport.send(admin.create_key(name, permissions, scope, expires_at))

    def list_keys(self) -> list[Key]:
        """The access keys."""
        return self._transport.send(admin.list_keys())

    def rotate_key(self, key_id: str, *, overlap: int | None = None) -> Key:
        """Make a key that follows another, which holds for `overlap` seconds yet, else a day."""
        return self._transport.send(admin.rotate_key(key_id, overlap))

    def revoke_key(self, key_id: str) -> None:
        """Refuse a key from now on."""
        self._transport.send(admin.revoke_key(key_id))

    def create_embed_token(
        self,
        scope: Scope,
        *,
        expires_in: int | None = None,
        locked: Locked | None = None,
        origins: Sequence[str] | None = None,
    ) -> EmbedToken:
        """Sign a token that can query and nothing else, for `expires_in` seconds."""
        return self._transport.send(admin.create_embed_token(scope, expires_in, locked, origins))

    def audit_page(
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
        return self._transport.send(asked)

    def revoke_embed_tokens(self) -> None:
        """Refuse every token that was signed so far."""
        self._transport.send(admin.revoke_embed_tokens())

    def create_alert(self, body: Mapping[str, Any]) -> Alert:
        """Make an alert from the body that the API takes; its secrets are shown this once."""
        return self._transport.send(alerts.create_alert(body))

    def list_alerts(self) -> Sequence[Alert]:
        """The alerts, each with its state."""
        return self._transport.send(alerts.list_alerts())

    def get_alert(self, alert_id: str) -> Alert:
        """An alert with its groups, what changed and what was told."""
        return self._transport.send(alerts.get_alert(alert_id))

    def change_alert(self, alert_id: str, **changes: Any) -> Alert:
        """Change some fields of an alert."""
        return self._transport.send(alerts.change_alert(alert_id, changes))

    def delete_alert(self, alert_id: str) -> None:
        """Delete an alert."""
        self._transport.send(alerts.delete_alert(alert_id))

    def simulate_alert(
        self, alert: str | Mapping[str, Any], since: Moment, until: Moment | None = None
    ) -> dict[str, Any]:
        """What an alert, by its id or the body of one, would have done in a range."""
        return self._transport.send(alerts.simulate_alert(alert, since, until))

    def test_alert(self, alert_id: str) -> Sequence[Mapping[str, Any]]:
        """Send a notice that is marked as a test; what became of it at each place."""
        return self._transport.send(alerts.test_alert(alert_id))
