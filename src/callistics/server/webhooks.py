"""The webhooks of a server, put together of its other parts."""

from dataclasses import replace

from callistics.engines.base import Engine
from callistics.http.metrics import Metrics
from callistics.http.services import terms_of
from callistics.ingest.decode import Terms
from callistics.ingest.writer import Writer
from callistics.model.instants import now
from callistics.model.scope import Scope
from callistics.model.zones import zone
from callistics.records.field import RecordKind
from callistics.settings import Settings
from callistics.webhooks.service import WebhookParts, Webhooks


def make_webhooks(settings: Settings, engine: Engine, writer: Writer, metrics: Metrics) -> Webhooks:
    """Webhooks on an engine; what was kept before is mapped from now on."""
    where = zone(settings.timezone)

    def terms(scope: Scope) -> Terms:
        return replace(terms_of(RecordKind.CALLS, scope, where, now(), settings), skip=True)

    def count(source: str, result: str) -> None:
        metrics.webhooks.labels(source, result).inc()

    keep_days = settings.webhook_keep_days
    return Webhooks(WebhookParts(engine, writer, terms, count, metrics.committed, keep_days))
