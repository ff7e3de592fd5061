"""The reference's own reading of success and reach, by the sentences of the contract."""

import pytest

from .reference import ReferenceSettings
from .reference.success import is_reached, is_success, key

UNREACHED = ReferenceSettings(unreached_outcomes=("no answer", "busy"))
NONE = ReferenceSettings(unreached_outcomes=())
NAMED = ReferenceSettings(success_outcomes=("Confirmed!",), unreached_outcomes=("busy",))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("No_Answer ", "NO_ANSWER"), ("a -- b", "A_B"), ("\u00df\ufb01", "SSFI"), ("?", ""), ("", "")],
)
def test_the_key(outcome: str, expected: str) -> None:
    assert key(outcome) == expected


@pytest.mark.parametrize(
    ("settings", "outcome", "success", "expected"),
    [
        (UNREACHED, "No-Answer.", None, False),
        (UNREACHED, "wrong number", None, True),
        (UNREACHED, None, None, False),
        (UNREACHED, " ! ", None, False),
        (UNREACHED, "busy", True, True),
        (UNREACHED, "wrong number", False, False),
        (UNREACHED, None, True, True),
        (NONE, "busy", None, True),
        (NONE, "", None, False),
        (NAMED, "CONFIRMED", None, True),
        (NAMED, "wrong number", None, False),
    ],
)
def test_success(
    settings: ReferenceSettings, outcome: str | None, success: bool | None, expected: bool
) -> None:
    assert is_success(settings, outcome, success) is expected


@pytest.mark.parametrize(
    ("settings", "outcome", "answered_at", "success", "expected"),
    [
        (UNREACHED, "busy", 1, True, False),
        (UNREACHED, "wrong number", None, False, True),
        (UNREACHED, None, None, None, False),
        (UNREACHED, None, None, False, False),
        (UNREACHED, None, None, True, True),
        (UNREACHED, None, 0, False, True),
        (UNREACHED, "", None, None, False),
        (UNREACHED, "?", 1, None, True),
        (NONE, "busy", None, None, True),
        (NAMED, "wrong number", None, None, True),
    ],
)
def test_reach(
    settings: ReferenceSettings,
    outcome: str | None,
    answered_at: int | None,
    success: bool | None,
    expected: bool,
) -> None:
    assert is_reached(settings, outcome, answered_at, success) is expected
