"""A process that the system confines works with what is left to it."""

import os

import pytest

from callistics.runtime import give_way


def test_a_priority_that_may_not_be_lowered_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def refused(which: int, who: int, priority: int) -> None:
        asked.append(priority)
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refused)
    give_way()
    assert asked
