"""The spans that a server makes, kept in memory."""

import json
from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from callistics.server.otel_spans import OtelTracer
from callistics.tracing import trace_with


class Spans:
    """Those that have ended, in this order."""

    def __init__(self, kept: InMemorySpanExporter) -> None:
        self._kept = kept

    def all(self) -> list[ReadableSpan]:
        return list(self._kept.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        return [one for one in self.all() if one.name == name]

    def one(self, name: str) -> ReadableSpan:
        (found,) = self.named(name)
        return found

    def below(self, parent: ReadableSpan) -> list[str]:
        """The names of its children, in the order in which they began."""
        children = [one for one in self.all() if one.parent and parent.context]
        own = [one for one in children if one.parent.span_id == parent.context.span_id]
        return [one.name for one in sorted(own, key=lambda one: one.start_time or 0)]

    def text(self) -> str:
        """All that would be sent."""
        return json.dumps([json.loads(one.to_json()) for one in self.all()])


@contextmanager
def kept_spans() -> Generator[Spans]:
    """Trace in this context."""
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    trace_with(OtelTracer(provider))
    try:
        yield Spans(kept)
    finally:
        trace_with(None)
        provider.shutdown()
