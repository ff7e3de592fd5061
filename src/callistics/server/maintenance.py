"""Maintenance of the engine, a piece at a time, while requests are served."""

import threading
import time
from collections.abc import Callable

import structlog

from callistics.alerts.service import Alerts
from callistics.backups.states import HeldSnapshots
from callistics.engines.base import Engine
from callistics.errors import Unavailable
from callistics.server.retention import Retention
from callistics.tracing import span
from callistics.webhooks.service import Webhooks

_log = structlog.get_logger("callistics")


def maintaining(
    engine: Engine, webhooks: Webhooks, alerts: Alerts, retention: Retention, states: HeldSnapshots
) -> Callable[[], bool]:
    """Does a piece of what there is to do: what is too old goes before files are put in order.

    States that nobody asks for any more go each time. What fails holds up none of the others.
    """
    steps = (webhooks.maintain, alerts.maintain, retention.maintain, engine.maintain)

    def maintain() -> bool:
        states.expire()
        failures: list[Exception] = []
        more = any(_done(step, failures) for step in steps)
        if failures:
            raise failures[0]
        return more

    return maintain


def _done(step: Callable[[], bool], failures: list[Exception]) -> bool:
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - it is raised once the others had their turn
        failures.append(error)
        return False


class Maintenance:
    """A thread that does what there is to do, and then waits for `pause` seconds.

    `observe` is told the seconds of each piece, and why it failed where it did.

    After each piece it rests for as long as that took, so that it takes half of a thread at most.
    """

    def __init__(
        self,
        maintain: Callable[[], bool],
        pause: float,
        observe: Callable[[float, Exception | None], None] = lambda _, __: None,
    ) -> None:
        self._maintain, self._observe = maintain, observe
        self._pause = pause
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="maintenance", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the piece that is under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        rest = 0.0
        while not self._stopping.wait(rest):
            rest = self._piece()

    def _piece(self) -> float:
        started = time.monotonic()
        try:
            with span("maintenance"):
                more = self._maintain()
        except Unavailable as error:
            self._observe(time.monotonic() - started, error)
            _log.warning("maintenance has to wait", reason=error.detail)
            return self._pause
        except Exception as error:  # noqa: BLE001 - whatever it is, records and answers are right
            self._observe(time.monotonic() - started, error)
            _log.exception("maintenance failed; it is tried again later")
            return self._pause
        self._observe(time.monotonic() - started, None)
        return time.monotonic() - started if more else self._pause
