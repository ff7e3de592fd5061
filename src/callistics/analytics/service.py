"""One query, answered: the steps of a query in the order they happen."""

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from callistics.analytics.compare import compared
from callistics.analytics.counted import Found, Slots, found_of, side_of, slots_of, trimmed
from callistics.analytics.parse import parse_query, parse_request
from callistics.analytics.plan import (
    Plan,
    Reads,
    bounds_frame,
    compile_extent,
    compile_plan,
    extent_frame,
    is_exact,
    is_unlocated,
    located,
    needs_extent,
    plan_query,
    reads,
    untimed,
)
from callistics.analytics.profile import Profile, in_steps, note_plan, profile_of
from callistics.analytics.rollup_match import Rollups
from callistics.analytics.shape import Answer, Block, all_rows, blocks, shape
from callistics.engines.base import Readable
from callistics.errors import Refused, invalid
from callistics.model.bodies import Object
from callistics.model.buckets import TooManyBucketsError
from callistics.model.instants import now
from callistics.model.query import Query
from callistics.model.scope import Scope
from callistics.queries.base import Row
from callistics.sql.dialect import Run, SqlRow, Statement
from callistics.sql.selection import Frame, Policy
from callistics.tracing import describe, is_traced, span, step


class Analytics:
    """Answers queries on one engine.

    A query comes at an instant (µs), from which ranges are named: now, unless it is told.
    """

    def __init__(
        self, engine: Readable, policy: Policy, default_zone: str, rollups: Rollups = ()
    ) -> None:
        self.dialect = engine.dialect
        self.rollups = rollups
        self.run = engine.run
        self.policy = policy
        self._engine = engine
        self._zone = default_zone

    def answer(self, body: bytes, scope: Scope, at: int | None = None) -> Answer:
        """The answer to the body of `POST /analytics`. Raises `RequestError`."""
        return self.timed(body, scope, at)[0]

    def timed(self, body: bytes, scope: Scope, at: int | None = None) -> tuple[Answer, float]:
        """The answer, and the seconds that the engine took of it. Raises `RequestError`."""
        return self.timed_plan(self.planned(body, scope, now() if at is None else at))

    def planned(self, body: bytes, scope: Scope, at: int) -> Plan:
        """The plan of the body of `POST /analytics`. Raises `Refused`."""
        with step("parse"):
            query = parse_request(body, scope, self._zone, at)
        with step("plan"):
            return plan_query(query, scope, self.policy)

    def reads(self, plan: Plan) -> Reads:
        """What the plan's answer is read from."""
        return reads(plan, self.dialect, self.rollups)

    def timed_plan(self, plan: Plan) -> tuple[Answer, float]:
        """As `timed`, of a plan."""
        with self._one_state(plan) as run:
            engine = _Stopwatch(run)
            return self.compute(plan, engine), engine.seconds

    def plan(self, given: Object, scope: Scope, at: int) -> Plan:
        """The plan of a query that was decoded. Raises `Refused`."""
        with step("parse"):
            query = parse_query(given, scope, self._zone, at)
        with step("plan"):
            return plan_query(query, scope, self.policy)

    def frame(self, query: Query, scope: Scope, run: Run) -> Frame:
        """What statements about the records of a query are built from, whatever they ask of them.

        Raises `TimedOut`.
        """
        plan = plan_query(query, scope, self.policy)
        self._note(plan)
        return self.located(plan, run).frame(self.dialect)

    def compute(self, plan: Plan, run: Run) -> Answer:
        """The answer of a plan, its statements run so. Raises `RequestError`."""
        with span("query"):
            found = self._blocks(plan, run)
            with step("shape"):
                return shape(plan, found)

    def stream(self, plan: Plan, run: Run) -> Iterator[Row]:
        """All rows of the answer, made as they are taken. Raises `RequestError`, at once.

        `run` gives the rows of a statement, however many; those of a comparison are of one state.
        """
        if plan.other is None:
            return all_rows(plan, self._blocks(plan, run))
        with self._one_state(plan) as one:
            return all_rows(plan, self._blocks(plan, one))

    def _blocks(self, plan: Plan, run: Run) -> Iterable[Block]:
        try:
            this = self._found(plan, run)
            if plan.other is None:
                return blocks(this)
            other = plan.other
            if this.slots is not None and plan.kind.uses_granularity:
                other = other.first_buckets(len(this.slots))
            return compared(side_of(this), side_of(self._found(other, run)))
        except TooManyBucketsError as error:
            raise Refused([invalid("/granularity", str(error))]) from None

    @contextmanager
    def _one_state(self, plan: Plan) -> Generator[Run]:
        """Run the plan's statements; both sides of a comparison on one state of the records."""
        if plan.other is None:
            yield self.run
        else:
            with self._engine.reading() as snapshot:
                yield snapshot.run

    def _found(self, plan: Plan, run: Run) -> Found:
        run = in_steps(run)
        plan, slots = self._closed(self.located(plan, run), run)
        with step("plan"):
            statement = compile_plan(plan, self.dialect, self.rollups)
        self._note(plan)
        rows = run(statement)
        with step("shape"):
            return found_of(plan, trimmed(plan, slots, rows), rows)

    def _note(self, plan: Plan) -> None:
        note_plan(plan)
        if is_traced():
            describe(**self.profile(plan))

    def profile(self, plan: Plan) -> Profile:
        """What a plan asks, without its values, and where it is answered from."""
        return profile_of(plan, self.dialect, self.rollups)

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
