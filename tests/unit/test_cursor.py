"""Cursors: what they keep, what they hide, and which texts are none."""

import base64
import hashlib

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
    """A text of these values, with the right check."""
    check = hashlib.sha256(msgspec.msgpack.encode((*values, b""))).digest()[:16]
    packed = msgspec.msgpack.encode((*values, check))
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


@pytest.mark.parametrize(
    "values",
    [
        (1, BELONGS, None, None, 0, "m", "c"),
        (2, BELONGS, None, None, 2**62, "m", "c"),
        (2, BELONGS, 2**62, None, 0, "m", "c"),
        (2, BELONGS, None, -(2**62), 0, "m", "c"),
        (2, BELONGS, None, None, 0, "", "c"),
        (2, BELONGS, None, None, 0, "m", "c" * 1_025),
        (2, BELONGS, None, None, 0, "m"),
        (2, BELONGS, None, None, 0, "m", "c", 1),
        (2, b"", None, None, 0, "m", "c"),
    ],
)
def test_what_no_page_answers_is_refused(values: tuple[object, ...]) -> None:
    with pytest.raises(CursorError):
        read_cursor(sent(*values), BELONGS)


def test_values_that_can_be_are_taken() -> None:
    assert read_cursor(sent(2, BELONGS, None, None, 0, "m", "c"), BELONGS).after.call_id == "c"


def test_one_character_that_is_another_is_refused() -> None:
    text = cursor_text(Cursor(AFTER, 5, None), BELONGS)
    for place, was in enumerate(text):
        for other in "Ab3_-":
            if other != was:
                with pytest.raises(CursorError):
                    read_cursor(text[:place] + other + text[place + 1 :], BELONGS)
    for padded in (text + "=", text + "==", text[:-1], text + "A", f" {text}"):
        with pytest.raises(CursorError):
            read_cursor(padded, BELONGS)


def test_what_it_says_cannot_be_changed() -> None:
    text = cursor_text(Cursor(AFTER, 5, 9), BELONGS)
    kept = msgspec.msgpack.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    for place, other in ((2, None), (3, None), (4, 0), (5, "another"), (6, "another")):
        changed = [*kept[:place], other, *kept[place + 1 :]]
        packed = base64.urlsafe_b64encode(msgspec.msgpack.encode(changed)).decode().rstrip("=")
        with pytest.raises(CursorError, match="none that was answered"):
            read_cursor(packed, BELONGS)


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
