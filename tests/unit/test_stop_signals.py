"""The first signal asks, a second one ends at once, and time is limited."""

import threading
from signal import SIGINT, SIGTERM

from callistics.server.stopping import OVERDUE, Stopping

LONG = 60


def test_a_signal_asks_and_a_second_one_ends() -> None:
    ended: list[int] = []
    asked: list[str] = []
    stopping = Stopping(LONG, ended.append)
    stopping.begins_with(lambda: asked.append("stop"))
    stopping.hear(SIGTERM)
    assert (asked, ended) == (["stop"], [])
    stopping.hear(SIGINT)
    assert (asked, ended) == (["stop"], [128 + SIGINT])


def test_one_before_there_is_anything_to_stop_is_kept() -> None:
    asked: list[str] = []
    ended: list[int] = []
    stopping = Stopping(LONG, ended.append)
    stopping.hear(SIGTERM)
    stopping.begins_with(lambda: asked.append("stop"))
    assert asked == ["stop"]


def test_what_does_not_end_in_time_is_ended() -> None:
    codes: list[int] = []
    overdue = threading.Event()
    stopping = Stopping(0.01, lambda code: (codes.append(code), overdue.set()))
    stopping.hear(SIGTERM)
    assert overdue.wait(LONG)
    assert codes == [OVERDUE]
