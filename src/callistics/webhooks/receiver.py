"""Keeps bodies durably: all that come while a commit is under way go into the next one."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from callistics.errors import Unavailable
from callistics.ingest.job import Job, Result
from callistics.model.webhooks import KeptBody, WebhookChanges

MAX_BYTES = 512 << 20
"""So many bytes of bodies may wait to be kept; beyond it 503, and platforms send again."""

_Waiting = tuple[KeptBody, "Future[None]"]


class Receiver:
    """Gathers bodies from any thread for the writer that `submit` queues for.

    `kept` is told of bodies that have become durable.
    """

    def __init__(
        self,
        submit: Callable[[Job], "Future[Result]"],
        kept: Callable[[Sequence[KeptBody]], None],
    ) -> None:
        self._submit, self._kept = submit, kept
        self._lock = threading.Lock()
        self._gathered: list[_Waiting] = []
        self._bytes = 0
        self._under_way = False

    def keep(self, body: KeptBody) -> "Future[None]":
        """Have a body kept; done once it is durable. Raises `Unavailable` where too many wait."""
        done: Future[None] = Future()
        with self._lock:
            if self._bytes + len(body.body) > MAX_BYTES:
                raise Unavailable("too many webhooks are waiting to be kept")
            self._gathered.append((body, done))
            self._bytes += len(body.body)
            begin = not self._under_way
            self._under_way = True
        if begin:
            self._next()
        return done

    def _next(self) -> None:
        """Hand over what was gathered; where there is nothing, the next body begins anew."""
        with self._lock:
            taken, self._gathered = self._gathered, []
            if not taken:
                self._under_way = False
                return
        bodies = [body for body, _ in taken]
        job = Job(webhooks=WebhookChanges(bodies=bodies), unlimited=True)
        try:
            self._submit(job).add_done_callback(partial(self._committed, taken))
        except Unavailable as error:
            self._settle(taken, error)
            self._next()

    def _committed(self, taken: Sequence[_Waiting], done: "Future[Result]") -> None:
        self._next()
        error = done.exception()
        if error is None:
            self._kept([body for body, _ in taken])
        self._settle(taken, error)

    def _settle(self, taken: Sequence[_Waiting], error: BaseException | None) -> None:
        with self._lock:
            self._bytes -= sum(len(body.body) for body, _ in taken)
        for _, done in taken:
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
