"""Cursors: what they keep, what they hide, and which texts are none."""

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.looking.cursor import Cursor, CursorError, cursor_text, digest, read_cursor
from callistics.model.scope import EVERYTHING, Scope
from callistics.model.search import Position
from callistics.model.zones import FIRST_INSTANT, LAST_INSTANT

BELONGS = digest({}, "UTC", "-started_at", EVERYTHING)
AFTER = Position(1_735_689_600_000_000, "mer_abc", "call_1")
INSTANTS = st.integers(FIRST_INSTANT, LAST_INSTANT - 1)
IDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=50)


@given(st.builds(Position, INSTANTS, IDS, IDS), st.none() | INSTANTS, st.none() | INSTANTS)
def test_a_cursor_comes_back_as_it_was(after: Position, begin: int | None, end: int | None) -> None:
    kept = Cursor(after, begin, end)
    text = cursor_text(kept, BELONGS)
    assert read_cursor(text, BELONGS) == kept
    assert text.isascii()
    assert not set(text) & set("+/= \n")


@given(st.text() | st.binary().map(lambda some: base64.urlsafe_b64encode(some).decode()))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(CursorError):
        read_cursor(text, BELONGS)


def sent(*values: object) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(values)).decode()


@pytest.mark.parametrize(
    "values",
    [
        (2, BELONGS, None, None, 0, "m", "c"),
        (1, BELONGS, None, None, 2**62, "m", "c"),
        (1, BELONGS, 2**62, None, 0, "m", "c"),
        (1, BELONGS, None, -(2**62), 0, "m", "c"),
        (1, BELONGS, None, None, 0, "", "c"),
        (1, BELONGS, None, None, 0, "m", "c" * 1_025),
        (1, BELONGS, None, None, 0, "m"),
        (1, BELONGS, None, None, 0, "m", "c", 1),
        (1, b"", None, None, 0, "m", "c"),
    ],
)
def test_what_no_page_answers_is_refused(values: tuple[object, ...]) -> None:
    with pytest.raises(CursorError):
        read_cursor(sent(*values), BELONGS)


def test_values_that_can_be_are_taken() -> None:
    assert read_cursor(sent(1, BELONGS, None, None, 0, "m", "c"), BELONGS).after.call_id == "c"


def test_it_belongs_to_filters_zone_order_and_scope() -> None:
    scope = Scope(merchant_ids=frozenset({"a", "b"}))
    others = [
        digest({"outcome": "x"}, "UTC", "-started_at", EVERYTHING),
        digest({}, "Asia/Kolkata", "-started_at", EVERYTHING),
        digest({}, "UTC", "started_at", EVERYTHING),
        digest({}, "UTC", "-started_at", scope),
        digest({}, "UTC", "-started_at", Scope(reseller_ids=frozenset({"a", "b"}))),
    ]
    assert len({BELONGS, *others}) == 6
    text = cursor_text(Cursor(AFTER, None, None), BELONGS)
    for other in others:
        with pytest.raises(CursorError, match="belongs to other"):
            read_cursor(text, other)


def test_how_filters_are_written_makes_no_difference() -> None:
    given_ = {"outcome": "x", "payload_filters": {"a": 1, "b": 2}}
    turned = {"payload_filters": {"b": 2, "a": 1}, "provider": None, "outcome": "x"}
    found = {digest(one, "UTC", "started_at", EVERYTHING) for one in (given_, turned)}
    assert len(found) == 1


def test_no_filter_can_be_read_from_it() -> None:
    belongs = digest({"payload_filters": {"phone": "+49123"}}, "UTC", "started_at", EVERYTHING)
    text = cursor_text(Cursor(AFTER, None, None), belongs)
    packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert b"phone" not in packed
    assert b"49123" not in packed
