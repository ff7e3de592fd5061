"""The product without its HTTP layer: records in, answers out."""

import atexit
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from callistics.analytics.batch import Answered, Batches, Result
from callistics.analytics.cache import AnswerCache
from callistics.analytics.envelope import envelope
from callistics.analytics.service import Analytics
from callistics.engines.base import SharingLimits
from callistics.engines.duckdb.tuning import DEFAULTS, Tuning
from callistics.errors import RequestError
from callistics.ingest.batch import Batch
from callistics.ingest.decode import Limits, Terms, decode_batch
from callistics.ingest.erase import Erased, Erasure
from callistics.ingest.job import Job
from callistics.ingest.receipt import Receipt
from callistics.ingest.writer import Writer
from callistics.looking.search import Searches
from callistics.model.bodies import read_object
from callistics.model.instants import DAY
from callistics.model.scope import EVERYTHING, SCOPE_LISTS, Scope
from callistics.model.zones import zone
from callistics.records.columnar.call_batch import SMALLEST
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.sql.dialect import Run, SqlRow, Statement
from callistics.sql.selection import Policy
from support.engines import ROLLUP_TABLES, drop, empty, in_memory, open_for_test, rows_of

LIMITS = Limits(2**26, 100_000)
STEP = 1_000_000


def scope_of(lists: Mapping[str, Sequence[str]] | None) -> Scope:
    """A scope from the lists of a request for a key."""
    given = {name: frozenset(values) for name, values in (lists or {}).items()}
    assert given.keys() <= set(SCOPE_LISTS)
    return Scope(*map(given.get, SCOPE_LISTS))


def receipt_of(job: Job) -> Receipt:
    """What became of the records of a job. Raises what it failed with."""
    result = job.done.result()
    assert isinstance(result, Receipt)
    return result


def sent_or_status(result: Result) -> bytes | int:
    """What a query of a batch is answered. Raises what is no refusal."""
    if isinstance(result, Answered):
        return result.kept.answer
    if isinstance(result, RequestError):
        return result.answer_status
    raise result


def _erased_or_status(job: Job) -> tuple[int, int] | int:
    error = job.done.exception()
    if error is None:
        found = job.done.result()
        assert isinstance(found, Erased)
        return found.calls, found.leads
    if isinstance(error, RequestError):
        return error.answer_status
    raise error


class _RollupWatch:
    """Runs statements and notes whether one of them read a roll-up.

    Where none did, the same statements are run where no roll-ups are offered.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.has_read = False

    def __call__(self, statement: Statement) -> Sequence[SqlRow]:
        self.has_read |= any(table in statement.text for table in ROLLUP_TABLES)
        return self._run(statement)


def _asked(
    analytics: Analytics, body: Mapping[str, Any], scope: Scope, at: int | None
) -> dict[str, Any] | int:
    try:
        return json.loads(envelope(analytics.answer(json.dumps(body).encode(), scope, at)))
    except RequestError as error:
        return error.answer_status


class Store:
    """An engine with its writer. `now` is the clock, in µs; it moves on with each commit."""

    def __init__(
        self,
        engine: str = "duckdb",
        policy: Policy | None = None,
        path: Path | None = None,
        tuning: Tuning = DEFAULTS,
    ) -> None:
        self.now = 1_900_000_000_000_000
        self.policy = policy or Policy()
        self.name = engine
        self._is_kept = path is not None
        self._path, self._tuning = path or in_memory(engine), tuning
        # From how many records of a request on those that can be are taken as columns.
        self.block = SMALLEST
        self._cleared, self._is_empty = 0, False
        self._open()

    def _open(self) -> None:
        self.engine = open_for_test(self.name, self._tick, self._path, self._tuning)
        self.writer = Writer(self.engine, 100)

    def _tick(self) -> int:
        self.now += STEP
        return self.now

    def send(
        self,
        kind: str,
        records: Sequence[Mapping[str, Any]],
        scope: Scope = EVERYTHING,
        *,
        skip: bool = False,
    ) -> Receipt:
        """Store the records of one request in a commit of their own."""
        return self.send_together([(kind, records)], scope, skip=skip)[0]

    def send_together(
        self,
        requests: Sequence[tuple[str, Sequence[Mapping[str, Any]]]],
        scope: Scope = EVERYTHING,
        *,
        skip: bool = False,
    ) -> list[Receipt]:
        """Store several requests in one commit; records arrive at `now`, `now + 1` … after it."""
        jobs = [Job(self.write(kind, records, scope, skip=skip)) for kind, records in requests]
        self.writer.commit(jobs)
        return [receipt_of(job) for job in jobs]

    def erase(
        self,
        *named: tuple[str, str | None, str],
        days: int = 0,
        scope: Scope = EVERYTHING,
    ) -> list[tuple[int, int] | int]:
        """Erase (kind, merchant, id) in one commit: how many calls and leads, or the status."""
        jobs = [
            Job(erasure=Erasure(RecordKind(kind), one, merchant, scope, days * DAY))
            for kind, merchant, one in named
        ]
        self.writer.commit(jobs)
        return [_erased_or_status(job) for job in jobs]

    def write(
        self,
        kind: str,
        records: Sequence[Mapping[str, Any]],
        scope: Scope = EVERYTHING,
        *,
        skip: bool = False,
    ) -> Batch:
        """The records of one request, read."""
        self._is_empty = False
        body = json.dumps(list(records)).encode()
        reading = Reading(zone("UTC"), self.now + STEP)
        terms = Terms(RecordKind(kind), reading, scope, skip, self.block)
        return decode_batch(body, None, LIMITS, terms)

    def ask(
        self,
        body: Mapping[str, Any],
        scope: Scope = EVERYTHING,
        policy: Policy | None = None,
        *,
        rollups: bool = True,
        at: int | None = None,
    ) -> dict[str, Any]:
        """The envelope of the answer. Raises `RequestError`."""
        analytics = self.analytics(policy, rollups=rollups)
        return json.loads(envelope(analytics.answer(json.dumps(body).encode(), scope, at)))

    def answers(
        self,
        body: Mapping[str, Any],
        scope: Scope = EVERYTHING,
        policy: Policy | None = None,
        at: int | None = None,
    ) -> Iterator[dict[str, Any] | int]:
        """What is answered, or the status of a refusal: again from the records if not from them."""
        analytics = self.analytics(policy)
        watch = _RollupWatch(analytics.run)
        analytics.run = watch
        yield _asked(analytics, body, scope, at)
        # The sides of a comparison are read from a snapshot, which is not watched.
        if self.engine.rollups and (watch.has_read or body.get("compare")):
            yield _asked(self.analytics(policy, rollups=False), body, scope, at)

    def ask_together(
        self,
        bodies: Sequence[Mapping[str, Any]],
        scope: Scope = EVERYTHING,
        policy: Policy | None = None,
        at: int | None = None,
        *,
        rollups: bool = True,
        sharing: SharingLimits | None = None,
    ) -> list[bytes | int]:
        """The envelopes as they are sent, or the statuses of refusals, of a batch."""
        analytics = self.analytics(policy, rollups=rollups)
        limits = sharing or self.engine.sharing
        batches = Batches(analytics, self.engine, AnswerCache(0), limits)
        queries = [read_object(json.dumps(body).encode()) for body in bodies]
        return [sent_or_status(one) for one in batches.answer(queries, scope, at or self.now)]

    def searches(self, policy: Policy | None = None) -> Searches:
        """What finds calls."""
        chosen = policy or self.policy
        return Searches(self.analytics(chosen), self.engine, "UTC")

    def analytics(self, policy: Policy | None = None, *, rollups: bool = True) -> Analytics:
        """What answers queries, from roll-ups too unless told otherwise."""
        offered = self.engine.rollups if rollups else ()
        return Analytics(self.engine, policy or self.policy, "UTC", offered)

    def rows(self, query_type: str, **body: Any) -> list[dict[str, Any]]:
        """The rows of an answer."""
        return self.ask({"query_type": query_type, **body})["data"]

    def clear(self) -> None:
        """Forget every record. Now and then the store is opened anew, as deleted rows add up."""
        if self._is_empty:
            return
        self._cleared += 1
        if self._cleared % 40 == 0 and self.name == "duckdb":
            self.close()
            self._open()
        empty(self.engine)
        self._is_empty = True

    def maintain(self, pieces: int | None = None) -> None:
        """Do so many pieces of the maintenance that there is, or all of it."""
        while pieces != 0 and self.engine.maintain():
            pieces = None if pieces is None else pieces - 1

    def dump(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, in no order that matters."""
        return rows_of(self.engine, table)

    def close(self) -> None:
        """Close the engine."""
        self.writer.stop()
        self.engine.close()
        if not self._is_kept:
            drop(self._path)


@contextmanager
def opened(
    engine: str = "duckdb",
    policy: Policy | None = None,
    path: Path | None = None,
    tuning: Tuning = DEFAULTS,
) -> Generator[Store]:
    """A store that is closed at the end; the embedded engine's may lie in a file."""
    store = Store(engine, policy, path, tuning)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def lent(engine: str = "duckdb", policy: Policy | None = None) -> Generator[Store]:
    """A store without records that was opened before, for one user at a time: it stays open."""
    found = _kept(engine)
    found.clear()
    found.policy = policy or Policy()
    yield found


@cache
def _kept(engine: str) -> Store:
    found = Store(engine)
    atexit.register(found.close)
    return found
