"""Many queries, answered of one state of the records.

What is equal is asked once, and queries that match the same records share what they read. What goes
wrong with one is its own answer and leaves the others alone. Each has its own time.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from callistics.analytics.cache import AnswerCache, CachedAnswer
from callistics.analytics.envelope import envelope
from callistics.analytics.plan import Plan
from callistics.analytics.service import Analytics
from callistics.analytics.sharing import Matched, Sharing, matched
from callistics.engines.base import SharingLimits, Snapshot, SnapshotSource
from callistics.interruption import interruption
from callistics.model.bodies import Object
from callistics.model.json import encode
from callistics.model.scope import Scope
from callistics.sql.dialect import Run, SqlRow, Statement
from callistics.tracing import step, timing


@dataclass(frozen=True, slots=True)
class Answered:
    """A query's answer, and the seconds it took; None where it was kept from before."""

    kept: CachedAnswer
    seconds: float | None


Result = Answered | Exception
"""An error is what the query alone would have raised."""
Plans = Mapping[bytes, Plan]
"""Plans by the bodies of their queries."""


@dataclass(slots=True)
class Progress:
    """What has become of the queries of a batch so far, by their bodies.

    `answers` are of the state with this `version`. `failed` stays, whatever the state; so does
    `apart`: what could not be shared.
    """

    answers: dict[bytes, Answered] = field(default_factory=dict[bytes, Answered])
    failed: dict[bytes, Exception] = field(default_factory=dict[bytes, Exception])
    apart: set[Matched] = field(default_factory=set[Matched])
    version: int | None = None

    def see(self, version: int | None) -> None:
        """Go on in a state: answers of another one are given up."""
        if version is None or version != self.version:
            self.answers.clear()
        self.version = version

    def left(self, plans: Plans) -> dict[bytes, Plan]:
        """The plans that have neither an answer nor failed."""
        done = self.answers.keys() | self.failed.keys()
        return {body: plan for body, plan in plans.items() if body not in done}

    def result(self, body: bytes) -> Result:
        """What has become of a query."""
        return self.failed.get(body) or self.answers[body]


class Batches:
    """Answers the queries of one request after the other, or with answers that were kept.

    `sharing` says when rows are kept apart for several queries; it changes no answer.
    """

    def __init__(
        self,
        analytics: Analytics,
        snapshots: SnapshotSource,
        cache: AnswerCache,
        sharing: SharingLimits,
    ) -> None:
        self._analytics, self._snapshots, self._cache = analytics, snapshots, cache
        self._sharing = Sharing(analytics.dialect, analytics.rollups, sharing)

    def answer(self, queries: Sequence[Object], scope: Scope, at: int) -> list[Result]:
        """The results of queries that came at an instant, in their order."""
        progress = Progress()
        bodies = [_body(query) for query in queries]
        plans: dict[bytes, Plan] = {}
        for body, query in dict(zip(bodies, queries, strict=True)).items():
            try:
                plans[body] = self._analytics.plan(query, scope, at)
            except Exception as error:  # noqa: BLE001 - it is the query's own answer
                progress.failed[body] = error
        self._find(plans, progress, self._snapshots.data_version, scope, at)
        while progress.left(plans):
            with self._snapshots.reading() as snapshot:
                self._find(plans, progress, snapshot.version, scope, at)
                self._compute(plans, progress, snapshot)
        self._keep(progress, scope)
        return [progress.result(body) for body in bodies]

    def _find(
        self, plans: Plans, progress: Progress, version: int | None, scope: Scope, at: int
    ) -> None:
        """Take the answers that are kept of a state."""
        progress.see(version)
        for body in progress.left(plans):
            kept = self._cache.find(body, scope, version, at)
            if kept is not None:
                progress.answers[body] = Answered(kept, None)

    def _keep(self, progress: Progress, scope: Scope) -> None:
        for body, answer in progress.answers.items():
            if answer.seconds is not None:
                self._cache.keep(body, scope, answer.kept)

    def _compute(self, plans: Plans, progress: Progress, snapshot: Snapshot) -> None:
        """Compute what is left, until all is or the state is lost."""
        run = _once(snapshot)
        for group in _grouped(progress.left(plans)):
            _renew()
            shared = self._shared(group, progress, snapshot)
            for body, plan in shared.items():
                if snapshot.lost:
                    return
                _renew()
                try:
                    progress.answers[body] = self._answered(plan, run, snapshot.version)
                except Exception as error:  # noqa: BLE001 - it is the query's own answer
                    progress.failed[body] = error

    def _shared(self, group: Plans, progress: Progress, snapshot: Snapshot) -> Plans:
        """The plans of a group, and those they are compared with, with rows that are kept apart."""
        found = dict(self._kept_apart(group, progress, snapshot))
        others = {body: plan.other for body, plan in group.items() if plan.other is not None}
        for same in _grouped(others):
            for body, other in self._kept_apart(same, progress, snapshot).items():
                found[body] = replace(found[body], other=other)
        return found

    def _kept_apart(self, group: Plans, progress: Progress, snapshot: Snapshot) -> Plans:
        """The plans of a group, with the rows that they count where these can be kept apart."""
        what = matched(next(iter(group.values())))
        if what in progress.apart or snapshot.lost:
            return group
        try:
            with step("share"):
                plans = self._sharing.share(list(group.values()), snapshot)
        except Exception:  # noqa: BLE001 - each is asked by itself then, and tells what is wrong
            progress.apart.add(what)
            return group
        return dict(zip(group, plans, strict=True))

    def _answered(self, plan: Plan, run: Run, version: int | None) -> Answered:
        started = time.perf_counter()
        with timing():
            answer = self._analytics.compute(plan, run)
        sent = envelope(answer)
        kept = CachedAnswer(version, answer.query_type, sent, answer.range, answer.holds)
        return Answered(kept, time.perf_counter() - started)


def _renew() -> None:
    """Give what comes next its own time, whatever what was before has taken."""
    by = interruption()
    if by is not None:
        by.renew()


def _body(query: Object) -> bytes:
    """The same bytes for queries that are written the same, whatever the white space.

    It is the body that most clients would send of the query alone.
    """
    return encode(query)


def _grouped(plans: Plans) -> Iterable[Plans]:
    """The plans that match the same records together."""
    groups: dict[Matched, dict[bytes, Plan]] = {}
    for body, plan in plans.items():
        groups.setdefault(matched(plan), {})[body] = plan
    return groups.values()


def _once(snapshot: Snapshot) -> Run:
    """Run statements on a state, none of them twice."""
    found: dict[tuple[str, str], Sequence[SqlRow]] = {}

    def run(statement: Statement) -> Sequence[SqlRow]:
        asked = statement.text, repr(statement.values)
        if asked not in found:
            found[asked] = snapshot.run(statement)
        return found[asked]

    return run
