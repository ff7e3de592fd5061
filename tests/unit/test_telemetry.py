"""What is sent to OpenTelemetry is what `/metrics` says, and nothing without an endpoint."""

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics.export import Histogram
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from callistics import tracing
from callistics.http.metrics import Metrics
from callistics.server import telemetry
from callistics.server.otel_metrics import metrics_of
from callistics.server.telemetry import start_telemetry
from support.server import serving

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


class Receiver(ThreadingHTTPServer):
    """Takes what is sent by OTLP over HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = status
        self.bodies: list[tuple[str, bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def of(self, path: str) -> list[bytes]:
        return [body for where, body in self.bodies if where == path]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies.append((self.path, body))
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing among the output of tests."""


@pytest.fixture(params=[200])
def receiver(request: pytest.FixtureRequest) -> Iterator[Receiver]:
    with Receiver(request.param) as found:
        thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def test_nothing_is_loaded_without_an_endpoint(tmp_path: Path) -> None:
    program = (
        "import sys, json; from callistics.server.app import build;"
        "from callistics.server.telemetry import start_telemetry;"
        "from prometheus_client import CollectorRegistry;"
        "start_telemetry(CollectorRegistry(), {}).stop();"
        "print(json.dumps([one for one in sys.modules if one.startswith('opentelemetry')]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(done.stdout) == []


def test_spans_and_metrics_are_sent(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, receiver.url)
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    metrics = Metrics()
    metrics.requests.labels("GET", "/keys", "200").inc(3)
    sent = start_telemetry(metrics.registry, {ENDPOINT: receiver.url})
    with tracing.span("maintenance"):
        pass
    sent.stop()
    assert not tracing.is_traced()
    (body,) = receiver.of("/v1/traces")
    (group,) = ExportTraceServiceRequest.FromString(body).resource_spans
    assert [one.name for one in group.scope_spans[0].spans] == ["maintenance"]
    about = {one.key: one.value.string_value for one in group.resource.attributes}
    assert about["service.name"] == "callistics"
    assert about["deployment.environment.name"] == "test"
    (body,) = receiver.of("/v1/metrics")
    (scope,) = ExportMetricsServiceRequest.FromString(body).resource_metrics[0].scope_metrics
    found = {one.name: one for one in scope.metrics}
    (point,) = found["callistics_requests_total"].sum.data_points
    assert point.as_double == 3
    assert {one.key: one.value.string_value for one in point.attributes} == {
        "method": "GET",
        "route": "/keys",
        "status": "200",
    }
    assert not found["callistics_commit_seconds"].histogram.data_points[0].HasField("min")


@pytest.mark.parametrize("signal", ["TRACES", "METRICS"])
def test_each_may_be_sent_alone(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, signal: str
) -> None:
    own, url = f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", f"{receiver.url}/mine"
    monkeypatch.setenv(own, url)
    sent = start_telemetry(Metrics().registry, {own: url})
    with tracing.span("maintenance"):
        pass
    sent.stop()
    assert {path for path, _ in receiver.bodies} == {"/mine"}
    assert len(receiver.bodies) == 1


@pytest.mark.parametrize("receiver", [400], indirect=True)
def test_a_failure_is_a_line_of_the_own_log(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, receiver.url)
    with capture_logs() as lines:
        start_telemetry(CollectorRegistry(), {ENDPOINT: receiver.url}).stop()
    events = [line["event"] for line in lines]
    assert events == ["sending to OpenTelemetry", "OpenTelemetry failed"]
    assert "400" in lines[1]["reason"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER must be otlp or none"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "must be http/protobuf"),
        ({"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "http/json"}, "must be http/protobuf"),
    ],
)
def test_what_cannot_be_done_is_told(more: dict[str, str], told: str) -> None:
    with capture_logs() as lines:
        start_telemetry(CollectorRegistry(), {ENDPOINT: "http://127.0.0.1:9", **more}).stop()
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("nothing is sent to OpenTelemetry", "warning")
    assert told in line["reason"]
    assert not tracing.is_traced()


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(name: str) -> None:
        assert name.startswith("opentelemetry")

    monkeypatch.setattr(telemetry, "find_spec", find)
    with capture_logs() as lines:
        start_telemetry(CollectorRegistry(), {ENDPOINT: "http://127.0.0.1:9"}).stop()
    assert ".[otel]" in lines[0]["reason"]


def test_a_variable_that_is_wrong_stops_nothing_and_is_not_quoted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "secret")
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    with capture_logs() as lines:
        start_telemetry(CollectorRegistry(), {ENDPOINT: "http://127.0.0.1:9"}).stop()
    assert lines[0]["reason"] == "ValueError"


@pytest.mark.parametrize(
    "off",
    [
        {"OTEL_SDK_DISABLED": "true"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"},
    ],
)
def test_it_can_be_switched_off(off: dict[str, str]) -> None:
    with capture_logs() as lines:
        start_telemetry(CollectorRegistry(), {ENDPOINT: "http://127.0.0.1:9", **off}).stop()
    assert lines == []


def test_the_figures_are_those_of_metrics(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.ask("call_count")
        server.ask("nonsense")
        registry = server.application.services.metrics.registry
        found = metrics_of(registry, 0, 1).resource_metrics[0].scope_metrics[0].metrics
        told = {
            one.name: one.value
            for family in registry.collect()
            for one in family.samples
            if not one.name.endswith(("_bucket", "_sum", "_created")) and not math.isnan(one.value)
        }
    sent: dict[str, float] = {}
    for one in found:
        points: Any = one.data.data_points
        for point in points:
            if isinstance(one.data, Histogram):
                assert sum(point.bucket_counts) == point.count
                assert len(point.bucket_counts) == len(point.explicit_bounds) + 1
                sent[f"{one.name}_count"] = point.count
            else:
                sent[one.name] = point.value
    assert sent.keys() == told.keys()
    steady = [name for name in told if name.startswith("callistics_") and "age" not in name]
    assert {name: sent[name] for name in steady if "bytes" not in name} == {
        name: told[name] for name in steady if "bytes" not in name
    }
    assert sent["callistics_errors_total"] == 1
