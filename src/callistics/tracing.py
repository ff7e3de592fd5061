"""The steps of the work at hand: how long each takes, and spans of them where somebody traces.

One tracer serves the process, as one log does; without one a span costs next to nothing.
"""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

Value = str | int | float | bool | Sequence[str]
"""What a span may say of its work: never what a client sent."""
Values = Mapping[str, Value]


class RequestSpan(Protocol):
    """The span of a request, while it is answered."""

    @property
    def trace_id(self) -> str:
        """The trace that it belongs to, as 32 hexadecimal digits."""
        ...

    def answered(self, method: str, route: str, status: int) -> None:
        """Say what was asked and how it was answered."""
        ...


class Tracer(Protocol):
    """Makes spans; each is a child of the one under way in the same context."""

    def request(self, headers: Mapping[str, str]) -> AbstractContextManager[RequestSpan]:
        """The span of a request, in the trace that its header `traceparent` names."""
        ...

    def span(
        self, name: str, values: Values, links: Sequence[object]
    ) -> AbstractContextManager[None]:
        """A span; `links` are origins of the work that it does together."""
        ...

    def describe(self, values: Values) -> None:
        """Say something of the span under way."""
        ...

    def origin(self) -> object | None:
        """The span under way, to be linked to from elsewhere."""
        ...


_tracer: Tracer | None = None


def trace_with(tracer: Tracer | None) -> None:
    """Have a tracer make the spans from now on; None: nobody."""
    global _tracer  # noqa: PLW0603 - there is one of a process
    _tracer = tracer


def request_span(headers: Mapping[str, str]) -> AbstractContextManager[RequestSpan | None]:
    """The span of a request; None where nobody traces."""
    return nullcontext() if _tracer is None else _tracer.request(headers)


def span(
    name: str, links: Sequence[object | None] = (), **values: Value
) -> AbstractContextManager[None]:
    """A span of what is done in its context."""
    if _tracer is None:
        return nullcontext()
    return _tracer.span(name, values, [one for one in links if one is not None])


def is_traced() -> bool:
    """Whether anybody traces, so that it pays to find out what to describe."""
    return _tracer is not None


def describe(**values: Value) -> None:
    """Say something of the span under way."""
    if _tracer is not None:
        _tracer.describe(values)


def origin() -> object | None:
    """The span under way, for work that others do later."""
    return None if _tracer is None else _tracer.origin()


@dataclass(slots=True)
class Timings:
    """Where the time of some work went, in seconds by step, and what the work was about.

    `parts` are those that were timed apart within it; their seconds are its own too.
    """

    seconds: dict[str, float] = field(default_factory=dict[str, float])
    about: object | None = None
    rows: int = 0
    parts: "list[Timings]" = field(default_factory=list["Timings"])

    @property
    def total(self) -> float:
        """The seconds of all steps."""
        return sum(self.seconds.values())


_timings: ContextVar[Timings | None] = ContextVar("timings", default=None)


@contextmanager
def timing() -> Generator[Timings]:
    """Note the steps of what is done in this context, also by the threads it is handed to."""
    found, outer = Timings(), _timings.get()
    token = _timings.set(found)
    try:
        yield found
    finally:
        _timings.reset(token)
        if outer is not None:
            outer.parts.append(found)
            for name, seconds in found.seconds.items():
                took(name, seconds)


def timings() -> Timings | None:
    """What is noted of the work at hand, None where nothing is."""
    return _timings.get()


def took(name: str, seconds: float) -> None:
    """Note so many seconds more of a step."""
    found = _timings.get()
    if found is not None:
        found.seconds[name] = found.seconds.get(name, 0.0) + seconds


@contextmanager
def step(name: str) -> Generator[None]:
    """A step of the work at hand: timed, and a span."""
    started = time.perf_counter()
    try:
        with span(name):
            yield
    finally:
        took(name, time.perf_counter() - started)
