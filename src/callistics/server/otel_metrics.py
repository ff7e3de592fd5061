"""The metrics of `/metrics` for OpenTelemetry: the same figures by the same names."""

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

import structlog
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client import Metric as Family
from prometheus_client.samples import Sample

from callistics import __version__
from callistics.server.otel_spans import resource

_UNITS = {"seconds": "s", "bytes": "By"}
_CUMULATIVE = AggregationTemporality.CUMULATIVE
# No observation is kept, so that nobody knows the extremes.
_UNKNOWN: Any = None
_log = structlog.get_logger("callistics")
_INTERVAL = "OTEL_METRIC_EXPORT_INTERVAL"


def send_metrics(registry: CollectorRegistry) -> Callable[[], None]:
    """Send the metrics of a registry as the environment says; what is given stops that."""
    interval = float(os.environ.get(_INTERVAL) or 60_000) / 1_000
    return Sender(registry, OTLPMetricExporter(), interval).stop


class Exporter(Protocol):
    """Where metrics are sent."""

    def export(self, metrics_data: MetricsData) -> object:
        """Send some."""
        ...

    def shutdown(self) -> None:
        """Send no more."""
        ...


class Sender:
    """A thread that exports the metrics of a registry every `interval` seconds, and at its end."""

    def __init__(self, registry: CollectorRegistry, exporter: Exporter, interval: float) -> None:
        self._registry, self._exporter, self._interval = registry, exporter, interval
        self._since = time.time_ns()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Export once more, then end."""
        self._stopping.set()
        self._thread.join()
        self._exporter.shutdown()

    def _run(self) -> None:
        while not self._stopping.wait(self._interval):
            self._export()
        self._export()

    def _export(self) -> None:
        try:
            self._exporter.export(metrics_of(self._registry, self._since, time.time_ns()))
        except Exception:  # noqa: BLE001 - the next time it may be possible
            _log.exception("no metrics were sent to OpenTelemetry")


def metrics_of(registry: CollectorRegistry, since: int, now: int) -> MetricsData:
    """The metrics of a registry between two instants (ns since 1970)."""
    scope = InstrumentationScope("callistics", __version__)
    metrics = [found for family in registry.collect() for found in _metric(family, since, now)]
    scoped = ScopeMetrics(scope, metrics, "")
    return MetricsData([ResourceMetrics(resource(), [scoped], "")])


def _metric(family: Family, since: int, now: int) -> Iterator[Metric]:
    """A family as one metric, by the name that its samples have in `/metrics`."""
    samples = [one for one in family.samples if not one.name.endswith("_created")]
    name, unit = family.name, _UNITS.get(family.name.rpartition("_")[2], "")
    if family.type == "histogram":
        yield Metric(name, family.documentation, unit, _histogram(samples, since, now))
        return
    points = [
        NumberDataPoint(one.labels, since, now, one.value)
        for one in samples
        if not math.isnan(one.value)
    ]
    if points and family.type == "counter":
        counted = Sum(points, _CUMULATIVE, is_monotonic=True)
        yield Metric(f"{name}_total", family.documentation, unit, counted)
    elif points:
        suffix = "_info" if family.type == "info" else ""
        yield Metric(name + suffix, family.documentation, unit, Gauge(points))


def _histogram(samples: Sequence[Sample], since: int, now: int) -> Histogram:
    grouped = groupby(samples, key=lambda one: _without_bound(one.labels))
    points = [_point(labels, list(group), since, now) for labels, group in grouped]
    return Histogram(points, _CUMULATIVE)


def _without_bound(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if name != "le"}


def _point(
    labels: dict[str, str], samples: Sequence[Sample], since: int, now: int
) -> HistogramDataPoint:
    """The samples of one combination of labels; their buckets count all that is below a bound."""
    buckets = [one for one in samples if one.name.endswith("_bucket")]
    below = [int(one.value) for one in buckets]
    counts = [upper - lower for lower, upper in zip([0, *below], below, strict=False)]
    bounds = [float(one.labels["le"]) for one in buckets]
    total = next(one.value for one in samples if one.name.endswith("_sum"))
    return HistogramDataPoint(
        attributes=labels,
        start_time_unix_nano=since,
        time_unix_nano=now,
        count=below[-1],
        sum=total,
        bucket_counts=counts,
        explicit_bounds=bounds[:-1],
        min=_UNKNOWN,
        max=_UNKNOWN,
    )
