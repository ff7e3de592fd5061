"""JSON files: lines and arrays, as they are written."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.files import ndjson
from callistics.files.lines import CUT_IN_IT, UnreadableError

from .reading import from_json, records


def test_lines_are_passed_on_as_they_are() -> None:
    text = b'\xef\xbb\xbf{"a": 1.10}\r\n\n  \n{broken \n  {"b":2}'
    found = [(line.number, line.body) for line in from_json(text)]
    assert found == [(1, b'{"a": 1.10}'), (4, b"{broken"), (5, b'{"b":2}')]


@pytest.mark.parametrize("last", ['{"a":', '{"a": "x', '{"a": tr', '{"a": 1', "{", '{"a": "\\u00'])
def test_a_last_line_that_is_cut_off_says_so(last: str) -> None:
    whole, cut = from_json(f'{{"a": 1}}\n{last}')
    assert whole.wrong is None
    assert (cut.number, cut.wrong) == (2, f"not JSON: it is not whole{CUT_IN_IT}")


@pytest.mark.parametrize(
    "last", ['{"a": 1}', "{broken", '{"a":\n', '{"a": 1}}', '{"a": NaN}', "x,y"]
)
def test_other_last_lines_are_passed_on(last: str) -> None:
    assert [line.wrong for line in from_json(f'{{"a": 1}}\n{last}')] == [None, None]


@pytest.mark.parametrize("text", ["", "\n\n", "[]", " [ ] \n", "\ufeff[]"])
def test_files_without_records(text: str) -> None:
    assert from_json(text) == []


def test_an_array_becomes_lines() -> None:
    text = '\n[\n  {"a": 1.10,\n   "b": "x\\ny"},\n\n  {"a": [1, {"c": "]"}]},\n  3]\n\n'
    found = [(line.number, line.body) for line in from_json(text)]
    assert found == [
        (3, b'{"a": 1.10,    "b": "x\\ny"}'),
        (6, b'{"a": [1, {"c": "]"}]}'),
        (7, b"3"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1}', "line 1: the record has no comma behind it"),
        ('[{"a": 1},\n', "line 2: the array is not closed"),
        ('[{"a": 1} {"b": 2}]', "line 1: the record has no comma behind it"),
        ('[\n{"a": 1},\n{"b"\n', "line 4: not JSON"),
        ('[\n{"a": 1}\n]\n{"b": 2}', "line 4: there is more after the end"),
        ("[" * 100_000, "line 1: nested too deeply"),
    ],
)
def test_arrays_that_are_none(text: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        from_json(text)


def test_an_array_that_is_no_text() -> None:
    with pytest.raises(UnreadableError, match="not valid UTF-8"):
        from_json(b'[{"a": "\xff"}]')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(
    values=st.lists(JSON, max_size=12), indent=st.sampled_from([None, 1]), chunk=st.integers(1, 9)
)
def test_any_array_is_read_in_any_pieces(values: list[Any], indent: int | None, chunk: int) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=False).encode(errors="replace")
    data: Any = io.BufferedReader(io.BytesIO(text), buffer_size=16)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ndjson, "_CHUNK", chunk)
        found = records(list(ndjson.json_lines(data)))
    assert found == json.loads(text)
