"""Keeps bodies durably: those that come while some are being kept go next, together."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from callistics.errors import Unavailable
from callistics.ingest.together import together
from callistics.model.webhooks import KeptBody
from callistics.tracing import span
from callistics.webhooks.within import first_within

MAX_BYTES = 512 << 20
"""So many bytes of bodies may wait to be kept; beyond it 503, and platforms send again."""
# To keep one takes as long as to keep dozens: where several come, it lets as much time go by as
# that took, but no more than this. Where it takes long they have waited long enough.
_MOST_REST = 0.005

_Waiting = tuple[KeptBody, "Future[None]"]


class Receiver:
    """A thread that has bodies kept by `keep`, which other threads bring.

    `kept` is told of bodies that have become durable, `observe` the seconds of each commit, and why
    it failed where it did.
    """

    def __init__(
        self,
        keep: Callable[[Sequence[KeptBody]], None],
        kept: Callable[[Sequence[KeptBody]], None],
        observe: Callable[[float, Exception | None], None] = lambda _, __: None,
    ) -> None:
        self._keep, self._kept, self._observe = keep, kept, observe
        self._changed = threading.Condition()
        self._gathered: list[_Waiting] = []
        self._bytes = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="receiver", daemon=True)
        self._thread.start()

    def keep(self, body: KeptBody) -> "Future[None]":
        """Have a body kept; done once it is durable.

        Raises `Unavailable` where too many wait, or no more are taken.
        """
        done: Future[None] = Future()
        with self._changed:
            if self._stopping.is_set():
                raise Unavailable("the server is stopping")
            if self._bytes + len(body.body) > MAX_BYTES:
                raise Unavailable("too many webhooks are waiting to be kept")
            self._gathered.append((body, done))
            self._bytes += len(body.body)
            self._changed.notify()
        return done

    def stop(self) -> None:
        """Keep what waits, then end."""
        with self._changed:
            self._stopping.set()
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while taken := self._gather():
            began = time.monotonic()
            self._commit(taken)
            # Who sends one after another, alone, is not to wait.
            if len(taken) > 1 or self._gathered:
                self._stopping.wait(min(time.monotonic() - began, _MOST_REST))

    def _gather(self) -> list[_Waiting]:
        """What came, once something did, as far as it is kept together; nothing at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._gathered or self._stopping.is_set())
            taken = list(first_within(self._gathered, lambda one: len(one[0].body)))
            del self._gathered[: len(taken)]
            return taken

    def _commit(self, taken: Sequence[_Waiting]) -> None:
        for (body, done), error in together(taken, self._durable, self._observe):
            with self._changed:
                self._bytes -= len(body.body)
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

    def _durable(self, taken: Sequence[_Waiting]) -> Sequence[None]:
        """Have bodies kept in one commit."""
        bodies = [body for body, _ in taken]
        with span("webhooks.keep", bodies=len(bodies)):
            self._keep(bodies)
        self._kept(bodies)
        return [None] * len(bodies)
