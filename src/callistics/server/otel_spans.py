"""Spans for OpenTelemetry: what is done and how long it takes, never for whom or with what."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from callistics import __version__
from callistics.tracing import Tracer, Value, Values

_PREFIX = "callistics."
_UNNAMED = "unknown_service"
_parents = TraceContextTextMapPropagator()


def resource() -> Resource:
    """What sends: as the environment names it, else `callistics`."""
    found = Resource.create({SERVICE_VERSION: __version__})
    if str(found.attributes.get(SERVICE_NAME, _UNNAMED)).startswith(_UNNAMED):
        found = found.merge(Resource({SERVICE_NAME: "callistics"}))
    return found


def send_spans() -> tuple[Tracer, Callable[[], None]]:
    """A tracer whose spans are sent as the environment says, and what stops it."""
    provider = TracerProvider(resource=resource(), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OtelTracer(provider), provider.shutdown


class OtelTracer:
    """Makes spans of a provider. Implements `tracing.Tracer`.

    Of errors it tells the class alone: their sentences may quote what a client sent.
    """

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("callistics", __version__)

    @contextmanager
    def request(self, headers: Mapping[str, str]) -> Generator["_Request"]:
        """The span of a request, in the trace that its header `traceparent` names."""
        with self._tracer.start_as_current_span(
            "request",
            context=_parents.extract(headers),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield _Request(span)

    @contextmanager
    def span(self, name: str, values: Values, links: Sequence[object]) -> Generator[None]:
        """A span, with links to origins of what it does."""
        with self._tracer.start_as_current_span(
            name,
            attributes=_named(values),
            links=[Link(one) for one in links if isinstance(one, SpanContext)],
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(StatusCode.ERROR)
                span.set_attribute("error.type", type(error).__name__)
                raise

    def describe(self, values: Values) -> None:
        """Say something of the span under way."""
        trace.get_current_span().set_attributes(_named(values))

    def origin(self) -> SpanContext | None:
        """The span under way, None where none is."""
        found = trace.get_current_span().get_span_context()
        return found if found.is_valid else None


class _Request:
    """Implements `tracing.RequestSpan`."""

    def __init__(self, span: Span) -> None:
        self._span = span

    @property
    def trace_id(self) -> str:
        return trace.format_trace_id(self._span.get_span_context().trace_id)

    def answered(self, method: str, route: str, status: int) -> None:
        self._span.update_name(f"{method} {route}")
        self._span.set_attributes(
            {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
            }
        )
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)
            self._span.set_attribute("error.type", str(status))


def _named(values: Values) -> dict[str, Value]:
    return {_PREFIX + name: value for name, value in values.items()}
