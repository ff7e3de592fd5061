"""What the server tells Prometheus of itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from callistics.records.field import RecordKind
from callistics.timezones import rules_version

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
AHEAD = "callistics_arrivals_ahead_seconds"
"""The figure that says how far times of arrival lie ahead of the clock."""
RECORD_RESULTS = ("stored", "unchanged", "pending", "rejected")
"""What may become of a record that came."""
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class Declared:
    """A metric as `/metrics` names it: its kind, its labels, and what it says."""

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str


class Metrics:
    """The server's own figures; no tenant, payload or phone number is ever a label.

    `declared` is every one of them, but for those of the process that its library defines.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.declared: list[Declared] = []
        self.requests = self.counter(
            "callistics_requests_total", "Requests answered.", "method", "route", "status"
        )
        self.queries = self._histogram(
            "callistics_query_seconds",
            "Time from the body read to the answer shaped, by query type.",
            "query_type",
        )
        self.slow_queries = self.counter(
            "callistics_slow_queries_total",
            "Queries that were logged as slow, by query type; `batch` where many were together.",
            "query_type",
        )
        self.answers = self.counter(
            "callistics_answers_total",
            "Answers of queries, by whether they were computed or kept from before (repeated).",
            "source",
        )
        self.ingests = self._histogram(
            "callistics_ingest_seconds", "Time from the body read to the records durable.", "kind"
        )
        self.records = self.counter(
            "callistics_records_total",
            "Records received, by what became of them.",
            "kind",
            "result",
        )
        for kind, result in product(RecordKind, RECORD_RESULTS):
            self.records.labels(kind, result)
        self.commits = self._histogram(
            "callistics_commit_seconds", "Time of commits that became durable."
        )
        self.commit_failures = self.counter(
            "callistics_commit_failures_total", "Requests whose commit failed."
        )
        self.webhooks = self.counter(
            "callistics_webhooks_total",
            "Webhooks by platform and what became of them; refused ones are not kept.",
            "source",
            "result",
        )
        self.notices = self.counter(
            "callistics_alert_notices_total",
            "Notices of alerts by channel, and what became of each attempt to send one.",
            "channel",
            "result",
        )
        self.errors = self.counter(
            "callistics_errors_total", "Answers with an error status.", "status"
        )
        self.maintenance = self._histogram(
            "callistics_maintenance_seconds", "Time of pieces of maintenance."
        )
        self.maintenance_failures = self.counter(
            "callistics_maintenance_failures_total", "Pieces of maintenance that failed."
        )
        text = "Requests that are being received or answered."
        self._declare("callistics_requests_under_way", "gauge", text)
        self.under_way = Gauge("callistics_requests_under_way", text, registry=self.registry)
        text = "Always 1; `version` is the release of the IANA time zone rules in force."
        self._info("callistics_timezone_rules", text, version=rules_version())
        ProcessCollector(registry=self.registry)
        self.maintained_at: float | None = None

    def info(self, *, version: str, engine: str) -> None:
        """What the server is."""
        text = "Always 1; what the server and its engine are."
        self._info("callistics", text, version=version, engine=engine)

    def counter(self, name: str, text: str, *labels: str) -> Counter:
        """A figure that grows; its name ends in `_total`."""
        self._declare(name, "counter", text, *labels)
        return Counter(name, text, labels, registry=self.registry)

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """A figure that is read when asked for."""
        self._declare(name, "gauge", text)
        Gauge(name, text, registry=self.registry).set_function(read)

    def committed(self, seconds: float, error: Exception | None) -> None:
        """Count a commit."""
        if error is None:
            self.commits.observe(seconds)
        else:
            self.commit_failures.inc()

    def maintained(self, seconds: float, error: Exception | None) -> None:
        """Count a piece of maintenance."""
        if error is None:
            self.maintenance.observe(seconds)
            self.maintained_at = time.monotonic()
        else:
            self.maintenance_failures.inc()

    def expose(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)

    def _histogram(self, name: str, text: str, *labels: str) -> Histogram:
        self._declare(name, "histogram", text, *labels)
        return Histogram(name, text, labels, buckets=_BUCKETS, registry=self.registry)

    def _info(self, name: str, text: str, **facts: str) -> None:
        self._declare(f"{name}_info", "gauge", text, *facts)
        Info(name, text, registry=self.registry).info(facts)

    def _declare(self, name: str, kind: str, text: str, *labels: str) -> None:
        self.declared.append(Declared(name, kind, labels, text))
