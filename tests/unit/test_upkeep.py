"""The thread that tidies."""

import threading

import pytest

from callistics.ingest.upkeep import Upkeep


@pytest.mark.parametrize("fails", [False, True])
def test_it_goes_on_until_it_is_stopped(fails: bool) -> None:
    enough, asked = threading.Event(), 0

    def tidy() -> bool:
        nonlocal asked
        asked += 1
        if asked == 3:
            enough.set()
        if fails:
            raise RuntimeError("disk full")
        return asked % 2 == 0

    upkeep = Upkeep(tidy, pause=0)
    assert enough.wait(60)
    upkeep.stop()
    before = asked
    assert before >= 3
    assert not upkeep._thread.is_alive()
