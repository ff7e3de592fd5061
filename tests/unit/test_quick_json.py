"""The quick ways to read and write JSON give what the careful ones give, or leave it to them."""

import json as standard
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.model import json, payload
from support import inside

TEXTS = st.text(max_size=8) | st.sampled_from(('":', '":"', 'a"b', "\\", '{"a":1}'))
NUMBERS = st.integers(-(10**25), 10**25) | st.decimals(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def written(value: Any) -> str:
    """JSON text of a value, a Decimal as it prints."""
    if isinstance(value, dict):
        pairs = (f"{standard.dumps(name)}:{written(item)}" for name, item in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return str(value) if isinstance(value, Decimal) else standard.dumps(value)


def outcome(read: Any, body: bytes) -> Any:
    try:
        return repr(read(body))
    except json.NotJsonError as error:
        return str(error)


@given(value=VALUES, cut=st.integers(0, 40), spaced=st.booleans())
def test_reading(value: Any, cut: int, spaced: bool) -> None:
    text = written(value)
    body = (text.replace(":", " : ") if spaced else text).encode()
    for part in (body, body[:-cut], body + b" ", body.replace(b"e", b"")):
        assert outcome(json.decode, part) == outcome(inside.read_carefully, part)


@given(value=st.dictionaries(TEXTS, VALUES, min_size=1), text=TEXTS)
def test_a_key_that_occurs_twice_is_found(value: dict[str, Any], text: str) -> None:
    first = standard.dumps(next(iter(value)))
    twice = f"{written(value)[:-1]},{first}:{standard.dumps(text)}}}"
    with pytest.raises(json.NotJsonError, match="occurs twice"):
        json.decode(twice.encode())
    with pytest.raises(json.NotJsonError, match="occurs twice"):
        json.decode(f'[{{"deep":{twice}}}]'.encode())
    for space in (" ", "\t", "\r\n"):
        with pytest.raises(json.NotJsonError, match="occurs twice"):
            json.decode(f'{{"apart"{space}:{twice}}}'.encode())


@given(value=st.dictionaries(TEXTS, VALUES, max_size=5))
def test_writing(value: dict[str, Any]) -> None:
    def result(write: Any) -> str:
        try:
            return str(write(value))
        except payload.PayloadError as error:
            return str(error)

    assert result(payload.canonical_payload) == result(payload.canonical_json)


@pytest.mark.parametrize("wrap", [lambda inner: {"a": inner}, lambda inner: [inner]])
def test_too_deep_a_payload_is_refused_whatever_else_is_in_it(wrap: Any) -> None:
    for leaf in (1, Decimal("1.5")):
        value: Any = leaf
        for _ in range(payload.MAX_DEPTH):
            value = wrap(value)
        with pytest.raises(payload.PayloadError, match="levels deep"):
            payload.canonical_payload({"other": Decimal("2.5"), "deep": value})


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}"), ('{"a" :', "}")])
def test_nesting_has_a_limit_of_its_own(opened: str, closed: str) -> None:
    def text(depth: int) -> bytes:
        return (opened * depth + "1" + closed * depth).encode()

    assert json.decode(text(json.MAX_NESTING))
    for depth in (json.MAX_NESTING + 1, 900, 100_000):
        with pytest.raises(json.NotJsonError, match="nested too deeply"):
            json.decode(text(depth))
