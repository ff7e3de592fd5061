"""Webhooks of a running server: endpoints, receiving, mapping, dead letters."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from callistics.engines.base import Engine
from callistics.ingest.decode import Terms
from callistics.ingest.job import Job, Result
from callistics.ingest.writer import Writer
from callistics.interruption import check_interruption
from callistics.mapping import RecordMapping, builtin
from callistics.model.audit import Note
from callistics.model.instants import DAY, HOUR, is_within, now
from callistics.model.scope import Scope
from callistics.model.webhooks import (
    MAPPED_AS,
    BodyResult,
    BodyState,
    KeptBody,
    StoredEndpoint,
    WebhookChanges,
)
from callistics.webhooks.endpoints import Endpoints
from callistics.webhooks.mapper import Mapper
from callistics.webhooks.receiver import Receiver
from callistics.webhooks.stored import AT_A_TIME, DeadLetter, StoredWebhooks
from callistics.webhooks.worker import Worker

# Sorts behind every id, and every instant.
_END = (1 << 62, "~")


@dataclass(frozen=True, slots=True)
class WebhookParts:
    """What webhooks work with: an engine and its writer, terms of records, and what counts.

    `count` is told the source of each body and what became of it, `observe` the seconds of each
    commit that keeps some, and why it failed where it did. Bodies are kept for `keep_days`.
    """

    engine: Engine
    writer: Writer
    terms: Callable[[Scope], Terms]
    count: Callable[[str, str], None]
    observe: Callable[[float, Exception | None], None]
    keep_days: int
    mappings: Callable[[str], RecordMapping] = builtin


class Webhooks:
    """Endpoints with what comes to them. Safe to use from many threads."""

    def __init__(self, parts: WebhookParts) -> None:
        self._writer, self._keep = parts.writer, parts.keep_days * DAY
        self.stored = StoredWebhooks(parts.engine)
        self.endpoints = Endpoints(self.stored.endpoints())
        self._mapper = Mapper(
            self.endpoints.get, parts.mappings, parts.terms, parts.writer.submit, parts.count
        )
        self.worker = Worker(lambda bodies: self._mapper.settle(bodies, now()), self.stored.waiting)
        self._receiver = Receiver(parts.engine.keep_bodies, self.worker.add, parts.observe)
        self._replaying = threading.Lock()
        self._purged: int | None = None

    def keep(self, body: KeptBody) -> "Future[None]":
        """Have a body kept and, once it is durable, mapped. Raises `Unavailable`."""
        return self._receiver.keep(body)

    def save(
        self, endpoint: StoredEndpoint, *notes: Note, urgent: bool = False
    ) -> "Future[Result]":
        """Have an endpoint stored; done once it is durable. Raises `Unavailable`."""
        changes = WebhookChanges(endpoints=[endpoint])
        return self._writer.submit(Job(webhooks=changes, notes=notes, urgent=urgent))

    def dead_letters(self, endpoint: StoredEndpoint, limit: int) -> Sequence[DeadLetter]:
        """The newest dead letters, fewer than `limit` where these have too many bytes together."""
        return self.stored.dead_letters(endpoint.id, _END, limit)

    def replay(self, endpoint: StoredEndpoint) -> dict[BodyState, int]:
        """Map every dead letter again; how many became what.

        One that names what was erased meanwhile is deleted.
        """
        found: dict[BodyState, int] = dict.fromkeys(MAPPED_AS, 0)
        with self._replaying:
            before = _END
            while letters := self.stored.dead_letters(endpoint.id, before, AT_A_TIME):
                check_interruption()
                before = letters[-1].dead.place
                after = {one.body.id: one.dead.at for one in letters}
                bodies = [one.body for one in letters]
                for state, number in self._mapper.settle(bodies, now(), after).items():
                    found[state] += number
        return found

    def drop(self, endpoint: StoredEndpoint, noted: Callable[[int], Note]) -> int:
        """Delete every dead letter; how many there were.

        `noted` gives the note of a commit that deletes some of them.
        """
        dropped = 0
        with self._replaying:
            before = _END
            while found := self.stored.dead(endpoint.id, before, AT_A_TIME):
                check_interruption()
                before = found[-1].place
                results = [
                    BodyResult(one.body_id, max(now(), one.at + 1), BodyState.DROPPED)
                    for one in found
                ]
                changes = WebhookChanges(results=results)
                notes = (noted(len(results)),)
                self._writer.submit(Job(webhooks=changes, notes=notes, unlimited=True)).result()
                dropped += len(results)
        return dropped

    def maintain(self) -> bool:
        """Delete, once an hour, what is kept no longer; whether that was done."""
        moment = now()
        if self._purged is not None and is_within(moment, self._purged, HOUR):
            return False
        self._purged = moment
        changes = WebhookChanges(purge_before=moment - self._keep)
        self._writer.submit(Job(webhooks=changes, unlimited=True)).result()
        return True

    def learn(self) -> None:
        """Take endpoints and bodies as they are stored; what was ended stays so."""
        for one in self.stored.endpoints():
            self.endpoints.put(one)
        self.worker.look_again()

    def stop(self) -> None:
        """Keep what waits, then map no more: it is mapped after the next start."""
        self._receiver.stop()
        self.worker.stop()
