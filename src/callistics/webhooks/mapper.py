"""Maps kept bodies to records and has these stored, as any others are."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import structlog

from callistics.errors import Problem, ProblemKind
from callistics.ingest.decode import Terms, batch_of_values
from callistics.ingest.job import Job, Result
from callistics.ingest.receipt import Receipt
from callistics.mapping import RecordMapping
from callistics.model.scope import Scope
from callistics.model.webhooks import (
    BodyResult,
    BodyState,
    KeptBody,
    StoredEndpoint,
    WebhookChanges,
)
from callistics.tracing import span
from callistics.webhooks.become import Became, Reader, Record
from callistics.webhooks.platforms import platforms

_log = structlog.get_logger("callistics")
_LONGEST_REASON = 1_000
Submit = Callable[[Job], "Future[Result]"]


@dataclass(slots=True)
class _Body:
    """A body with what it became, what is wrong with it, and whether it names what was erased."""

    body: KeptBody
    source: str
    scope: Scope
    records: Sequence[Record]
    problems: list[str] = field(default_factory=list[str])
    erased: bool = False

    @property
    def state(self) -> BodyState:
        if self.erased:
            return BodyState.ERASED
        if self.problems:
            return BodyState.DEAD
        return BodyState.MAPPED if self.records else BodyState.IGNORED

    def result(self, at: int) -> BodyResult:
        if self.erased:
            # Nothing is to be left that names who was erased.
            return BodyResult(self.body.id, at, self.state)
        calls = {(str(one.get("merchant_id")), str(one.get("call_id"))) for one in self.records}
        reason = "; ".join(self.problems)[:_LONGEST_REASON]
        return BodyResult(self.body.id, at, self.state, reason, tuple(sorted(calls)))


class Mapper:
    """Maps bodies of the endpoints that `endpoint` finds by their ids.

    `mappings` has those of the platforms, `terms` what the records of a scope are checked by, and
    `count` is told the source of each body and what became of it.
    """

    def __init__(
        self,
        endpoint: Callable[[str], StoredEndpoint | None],
        mappings: Callable[[str], RecordMapping],
        terms: Callable[[Scope], Terms],
        submit: Submit,
        count: Callable[[str, str], None],
    ) -> None:
        self._endpoint, self._mappings, self._terms = endpoint, mappings, terms
        self._submit, self._count = submit, count

    def settle(
        self, bodies: Sequence[KeptBody], now: int, after: Mapping[str, int] | None = None
    ) -> dict[BodyState, int]:
        """Map bodies, store the records, then what became of each; how many became what.

        What became of a body is newer than what was known at an instant of `after`. Raises what
        the writer does, and then the bodies are to be settled again.
        """
        with span("webhooks.map", bodies=len(bodies)):
            return self._settle(bodies, now, after or {})

    def _settle(
        self, bodies: Sequence[KeptBody], now: int, before: Mapping[str, int]
    ) -> dict[BodyState, int]:
        found = [self._become(body) for body in bodies]
        by_scope: dict[Scope, list[_Body]] = defaultdict(list)
        for one in found:
            if one.records:
                by_scope[one.scope].append(one)
        stored = [(group, self._store(scope, group)) for scope, group in by_scope.items()]
        for group, done in stored:
            self._note_rejected(group, done.result())
        results = [one.result(max(now, before.get(one.body.id, 0) + 1)) for one in found]
        job = Job(webhooks=WebhookChanges(results=results), unlimited=True)
        self._submit(job).result()
        return self._counted(found)

    def _become(self, body: KeptBody) -> _Body:
        endpoint = self._endpoint(body.endpoint_id)
        if endpoint is None:
            return _Body(body, "unknown", Scope(), (), ["the endpoint is not known"])
        zone = self._terms(endpoint.scope).reading.zone
        try:
            mapping, platform = self._mappings(endpoint.source), platforms()[endpoint.source]
            became = Reader(platform, mapping, endpoint, zone).become(body.content_type, body.body)
        except Exception as error:  # noqa: BLE001 - one body must not keep the others waiting
            became = Became(problems=(f"unexpected error: {type(error).__name__}: {error}",))
        problems = list(became.problems)
        return _Body(body, endpoint.source, endpoint.scope, became.records, problems)

    def _store(self, scope: Scope, group: Sequence[_Body]) -> "Future[Result]":
        records = [record for one in group for record in one.records]
        return self._submit(Job(batch_of_values(records, self._terms(scope)), unlimited=True))

    def _note_rejected(self, group: Sequence[_Body], receipt: Result) -> None:
        """Say of each body which of its records were rejected."""
        assert isinstance(receipt, Receipt)
        owners = [one for one in group for _ in one.records]
        for bad in receipt.rejected:
            owner = owners[bad.index]
            owner.problems += [_sentence(problem) for problem in bad.problems]
            owner.erased |= any(one.kind is ProblemKind.GONE for one in bad.problems)

    def _counted(self, found: Sequence[_Body]) -> dict[BodyState, int]:
        numbers: dict[BodyState, int] = defaultdict(int)
        dead: dict[tuple[str, str], int] = defaultdict(int)
        for one in found:
            self._count(one.source, one.state)
            numbers[one.state] += 1
            dead[one.body.endpoint_id, one.source] += one.state is BodyState.DEAD
        for (endpoint, source), bodies in dead.items():
            if bodies:
                # Reasons hold values of records, which are not for a log.
                _log.warning(
                    "webhooks in dead letters", endpoint=endpoint, source=source, bodies=bodies
                )
        return numbers


def _sentence(problem: Problem) -> str:
    """What is wrong with a field, by its name: the record's index means nothing to others."""
    name = problem.pointer.split("/", 2)[-1] or "record"
    return f"{name}: {problem.message}"
