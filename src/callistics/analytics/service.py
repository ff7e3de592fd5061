"""One query, answered: the steps of a query in the order they happen."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from callistics.analytics.parse import parse_query, parse_request
from callistics.analytics.parse_body import Object
from callistics.analytics.plan import (
    Plan,
    bounds_frame,
    compile_extent,
    compile_plan,
    extent_frame,
    is_exact,
    is_unlocated,
    located,
    needs_extent,
    plan_query,
    untimed,
)
from callistics.analytics.rollup_match import Rollups
from callistics.analytics.shape import Answer, Slots, shape, slots_of, trimmed
from callistics.errors import Refused, invalid
from callistics.model.buckets import TooManyBucketsError
from callistics.model.instants import now
from callistics.model.query import Query
from callistics.model.scope import Scope
from callistics.sql.dialect import Dialect, SqlRow, Statement
from callistics.sql.selection import Frame, Policy

Run = Callable[[Statement], Sequence[SqlRow]]


class Analytics:
    """Answers queries on one engine, given its dialect and a way to run a statement.

    A query comes at an instant (µs), from which ranges are named: now, unless it is told.
    """

    def __init__(
        self,
        dialect: Dialect,
        run: Run,
        policy: Policy,
        default_zone: str,
        rollups: Rollups = (),
    ) -> None:
        self.dialect = dialect
        self.rollups = rollups
        self.run = run
        self.policy = policy
        self._zone = default_zone

    def answer(self, body: bytes, scope: Scope, at: int | None = None) -> Answer:
        """The answer to the body of `POST /analytics`. Raises `RequestError`."""
        return self.timed(body, scope, at)[0]

    def timed(self, body: bytes, scope: Scope, at: int | None = None) -> tuple[Answer, float]:
        """The answer, and the seconds that the engine took of it. Raises `RequestError`."""
        engine = _Stopwatch(self.run)
        query = parse_request(body, scope, self._zone, now() if at is None else at)
        plan = plan_query(query, scope, self.policy)
        return self.compute(plan, engine), engine.seconds

    def plan(self, given: Object, scope: Scope, at: int) -> Plan:
        """The plan of a query that was decoded. Raises `Refused`."""
        return plan_query(parse_query(given, scope, self._zone, at), scope, self.policy)

    def frame(self, query: Query, scope: Scope) -> Frame:
        """What statements about the records of a query are built from, whatever they ask of them.

        Raises `TimedOut`.
        """
        plan = plan_query(query, scope, self.policy)
        return self.located(plan, self.run).frame(self.dialect)

    def compute(self, plan: Plan, run: Run) -> Answer:
        """The answer of a plan, its statements run so. Raises `RequestError`."""
        try:
            plan, slots = self._closed(self.located(plan, run), run)
            rows = run(compile_plan(plan, self.dialect, self.rollups))
            return shape(plan, trimmed(plan, slots, rows), rows)
        except TooManyBucketsError as error:
            raise Refused([invalid("/granularity", str(error))]) from None

    def located(self, plan: Plan, run: Run) -> Plan:
        """The plan, told about when its records are where one of its filters has to know."""
        if not is_unlocated(plan):
            return plan
        frame = extent_frame(untimed(plan), self.dialect, self.rollups)
        return located(plan, *_ends(untimed(plan), frame, run))

    def _closed(self, plan: Plan, run: Run) -> tuple[Plan, Slots]:
        """The plan with its open ends closed, and its slots. Raises `TooManyBucketsError`."""
        if not needs_extent(plan):
            return plan, slots_of(plan)
        bounds = bounds_frame(plan, self.dialect, self.rollups)
        if bounds is not None:
            # Cheaper than to look for the first and last of the matching records.
            closed = plan.widened().closed(*_ends(plan, bounds, run))
            with suppress(TooManyBucketsError):
                return closed, slots_of(closed)
        frame = extent_frame(plan, self.dialect, self.rollups)
        closed = plan.closed(*_ends(plan, frame, run))
        if is_exact(frame, closed):
            with suppress(TooManyBucketsError):
                return closed, slots_of(closed)
        # Exact ones are also what an error names.
        closed = plan.closed(*_ends(plan, extent_frame(plan, self.dialect), run))
        return closed, slots_of(closed)


class _Stopwatch:
    """Runs statements and adds up how long they took."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.seconds = 0.0

    def __call__(self, statement: Statement) -> Sequence[SqlRow]:
        started = time.perf_counter()
        try:
            return self._run(statement)
        finally:
            self.seconds += time.perf_counter() - started


def _ends(plan: Plan, frame: Frame, run: Run) -> tuple[int | None, int | None]:
    ((first, last),) = run(compile_extent(plan, frame))
    return _instant(first), _instant(last)


def _instant(value: object) -> int | None:
    return value if isinstance(value, int) else None
