"""Webhook endpoints, kept bodies and what became of them as tables, as both engines store them."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import zstandard

from callistics.model.webhooks import (
    BodyResult,
    BodyState,
    KeptBody,
    StoredEndpoint,
    WebhookChanges,
    endpoint_text,
)

BODIES = "webhook_bodies"
"""The table of kept bodies."""
OF_NO_USE = f"('{BodyState.IGNORED}', '{BodyState.DROPPED}')"
"""The states of bodies of which nothing is needed any more, as SQL has lists."""

SETTLED = "id IN (SELECT body_id FROM webhook_results)"
"""The condition that it is known what became of a body."""


def webhook_tables(
    changes: Sequence[WebhookChanges], version: int
) -> Iterator[tuple[str, pa.Table]]:
    """What is to be inserted, table by table: the newest of an endpoint counts."""
    endpoints = [endpoint for one in changes for endpoint in one.endpoints]
    results = [
        result for one in changes for result in one.results if result.state is not BodyState.ERASED
    ]
    if endpoints:
        yield "webhook_endpoints", _endpoint_table(endpoints, version)
    if results:
        yield "webhook_results", _result_table(results)


def _endpoint_table(endpoints: Sequence[StoredEndpoint], version: int) -> pa.Table:
    return pa.table(
        {
            "id": [one.id for one in endpoints],
            "version": pa.array([version] * len(endpoints), pa.int64()),
            "definition": [endpoint_text(one) for one in endpoints],
        }
    )


def body_table(bodies: Sequence[KeptBody]) -> pa.Table:
    """What is to be inserted of bodies, which are compressed."""
    compress = zstandard.ZstdCompressor().compress
    return pa.table(
        {
            "id": [one.id for one in bodies],
            "endpoint_id": [one.endpoint_id for one in bodies],
            "received_at": pa.array([one.received_at for one in bodies], pa.int64()),
            "content_type": [one.content_type for one in bodies],
            "body": pa.array([compress(one.body) for one in bodies], pa.binary()),
        }
    )


def _result_table(results: Sequence[BodyResult]) -> pa.Table:
    return pa.table(
        {
            "body_id": [one.body_id for one in results],
            "version": pa.array([one.at for one in results], pa.int64()),
            "state": [str(one.state) for one in results],
            "reason": [one.reason for one in results],
            "calls": [one.calls_text for one in results],
        }
    )
