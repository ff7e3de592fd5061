"""The spans that a server makes, kept in memory."""

# pyright: reportOptionalMemberAccess=false

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from callistics.server.otel_spans import OtelTracer
from callistics.tracing import trace_with

# What a server does by itself, in a trace of its own: any server of this process, at any time.
_BY_ITSELF = {"maintenance", "commit"}


class Spans:
    """Those that have ended, in this order, of what somebody asked for."""

    def __init__(self, kept: InMemorySpanExporter) -> None:
        self._kept = kept

    def all(self) -> list[ReadableSpan]:
        ended = self._kept.get_finished_spans()
        own = {one.context.trace_id for one in ended if one.name in _BY_ITSELF and not one.links}
        return [one for one in ended if one.context.trace_id not in own]

    def named(self, name: str) -> list[ReadableSpan]:
        return [one for one in self.all() if one.name == name]

    def one(self, name: str) -> ReadableSpan:
        (found,) = self.named(name)
        return found

    def below(self, parent: ReadableSpan) -> list[str]:
        """The names of its children, in the order in which they began."""
        above = parent.context.span_id
        own = [one for one in self.all() if one.parent and one.parent.span_id == above]
        return [one.name for one in sorted(own, key=lambda one: one.start_time or 0)]

    def text(self) -> str:
        """All that would be sent, but for ids drawn at random and times, which hold any digits."""
        return json.dumps([_told(json.loads(one.to_json())) for one in self.all()])


_BY_CHANCE = {"trace_id", "span_id", "parent_id", "start_time", "end_time"}


def _told(part: Any) -> Any:
    if isinstance(part, dict):
        members = cast("dict[str, Any]", part).items()
        return {name: _told(value) for name, value in members if name not in _BY_CHANCE}
    return [_told(one) for one in cast("list[Any]", part)] if isinstance(part, list) else part


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
