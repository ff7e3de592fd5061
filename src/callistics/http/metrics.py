"""What the server tells Prometheus of itself."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from callistics.timezones import rules_version

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
AHEAD = "callistics_arrivals_ahead_seconds"
"""The figure that says how far times of arrival lie ahead of the clock."""
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The server's own figures; no tenant, payload or phone number is ever a label."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "callistics_requests_total",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.queries = Histogram(
            "callistics_query_seconds",
            "Time from the body read to the answer shaped, by query type.",
            ("query_type",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.answers = Counter(
            "callistics_answers_total",
            "Answers of queries, by whether they were computed or kept from before.",
            ("source",),
            registry=self.registry,
        )
        self.ingests = Histogram(
            "callistics_ingest_seconds",
            "Time from the body read to the records durable.",
            ("kind",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.records = Counter(
            "callistics_records_total",
            "Records received, by what became of them.",
            ("kind", "result"),
            registry=self.registry,
        )
        self.webhooks = Counter(
            "callistics_webhooks_total",
            "Webhooks by platform and what became of them; refused ones are not kept.",
            ("source", "result"),
            registry=self.registry,
        )
        self.notices = Counter(
            "callistics_alert_notices_total",
            "Notices of alerts by channel, and what became of each attempt to send one.",
            ("channel", "result"),
            registry=self.registry,
        )
        self.errors = Counter(
            "callistics_errors_total",
            "Answers with an error status.",
            ("status",),
            registry=self.registry,
        )
        Info(
            "callistics_timezone_rules",
            "The release of the IANA time zone rules in force.",
            registry=self.registry,
        ).info({"version": rules_version()})

    def info(self, **facts: str) -> None:
        """What the server is."""
        Info("callistics", "The server.", registry=self.registry).info(facts)

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """A figure that is read when asked for."""
        Gauge(name, text, registry=self.registry).set_function(read)

    def expose(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)
