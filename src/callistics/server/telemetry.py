"""Traces and metrics for OpenTelemetry, where it is installed and told where to send them.

It is set up as any program's: by the environment variables `OTEL_…` of its specification, which are
no settings of this product. Nothing of it is loaded where no endpoint is named.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from importlib.util import find_spec

import structlog
from prometheus_client import CollectorRegistry

from callistics.texts import install
from callistics.tracing import trace_with

_EXPORTER = "OTEL_EXPORTER_OTLP_"
_SIGNALS = ("TRACES", "METRICS")
_PROTOCOL = "http/protobuf"
_STOP_SECONDS = 1.0
_log = structlog.get_logger("callistics")


class Telemetry:
    """What is sent while a server runs; `stop` sends what is left."""

    def __init__(self, stops: list[Callable[[], None]]) -> None:
        self._stops = stops

    def stop(self) -> None:
        """Send what is left, for a second at most, and then no more."""
        trace_with(None)
        threads = [threading.Thread(target=stop, daemon=True) for stop in self._stops]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(_STOP_SECONDS)


def start_telemetry(registry: CollectorRegistry, environment: Mapping[str, str]) -> Telemetry:
    """Send what the environment asks for, until it is stopped.

    Whatever is wrong with it is logged, and keeps no server from starting.
    """
    wanted = [signal for signal in _SIGNALS if _endpoint(environment, signal)]
    problem = _problem(wanted, environment) if wanted else None
    if problem is not None:
        _log.warning("nothing is sent to OpenTelemetry", reason=problem)
    if not wanted or problem is not None:
        return Telemetry([])
    try:
        stops = _started(registry, wanted)
    except Exception as error:  # noqa: BLE001 - a variable may hold anything, and a secret too
        _log.warning("nothing is sent to OpenTelemetry", reason=type(error).__name__)
        return Telemetry([])
    _log.info("sending to OpenTelemetry", signals=[one.lower() for one in wanted])
    return Telemetry(stops)


def _started(registry: CollectorRegistry, wanted: list[str]) -> list[Callable[[], None]]:
    # Loaded here: whoever does not use it need not have it.
    from callistics.server.otel_metrics import send_metrics  # noqa: PLC0415
    from callistics.server.otel_spans import send_spans  # noqa: PLC0415

    _hear_of_failures()
    stops: list[Callable[[], None]] = []
    if "METRICS" in wanted:
        stops.append(send_metrics(registry))
    if "TRACES" in wanted:
        tracer, stop = send_spans()
        trace_with(tracer)
        stops.append(stop)
    return stops


class _Failures(logging.Handler):
    """Hands on what the packages say of their failures to the server's own log."""

    def emit(self, record: logging.LogRecord) -> None:
        _log.warning("OpenTelemetry failed", reason=record.getMessage())


def _hear_of_failures() -> None:
    packages = logging.getLogger("opentelemetry")
    packages.handlers, packages.propagate = [_Failures(logging.ERROR)], False


def _endpoint(environment: Mapping[str, str], signal: str) -> str:
    """Where a signal is to be sent; nothing where it is switched off."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return ""
    if environment.get(f"OTEL_{signal}_EXPORTER", "").strip() == "none":
        return ""
    own, both = (f"{_EXPORTER}{signal}_ENDPOINT", f"{_EXPORTER}ENDPOINT")
    return environment.get(own, "").strip() or environment.get(both, "").strip()


def _problem(wanted: list[str], environment: Mapping[str, str]) -> str | None:
    """Why what is wanted cannot be sent."""
    for signal in wanted:
        exporter = environment.get(f"OTEL_{signal}_EXPORTER", "").strip() or "otlp"
        if exporter != "otlp":
            return f"OTEL_{signal}_EXPORTER must be otlp or none"
        own, both = (f"{_EXPORTER}{signal}_PROTOCOL", f"{_EXPORTER}PROTOCOL")
        protocol = environment.get(own) or environment.get(both) or _PROTOCOL
        if protocol.strip() != _PROTOCOL:
            return f"{_EXPORTER}PROTOCOL must be {_PROTOCOL}, as nothing else is spoken"
    if find_spec("opentelemetry.exporter") is None or find_spec("opentelemetry.sdk") is None:
        return f"an endpoint is named, but the extra is missing: {install('otel')}"
    return None
