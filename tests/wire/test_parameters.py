"""Values of every kind, length and number arrive as they are, and so do keys of payloads."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callistics.engines.clickhouse.dialect import ClickHouseDialect
from callistics.engines.clickhouse.long_values import MAX_BYTES, batches, cut
from callistics.sql.fragment import Sql, compose, join, raw, text, texts
from support.examples import examples
from support.store import Store
from support.wired import Wire

NASTY = [
    "",
    " ",
    "'",
    "''",
    '"',
    "`",
    "\\",
    "\\\\",
    "\\'",
    "\\n",
    "\\N",
    "\\0",
    "\\x41",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "a\0b",
    "\x08\x0c\x1a\x7f",
    "%",
    "%s %(a)s %%",
    "%27 %5C +",
    "{p0:String}",
    "{a} {{b}} }{",
    "--x /* y */ # z ; SELECT 1",
    "$$x$$ $1",
    "[1, 'a']",
    "NULL",
    "é ß 中 🎉 \u202e \u2028 \ufeff \U0010ffff",
    "\ufeff",
    "e\u0301",
    '--boundary\r\n\r\nContent-Disposition: form-data; name="query"\r\n\r\nSELECT 2\r\n',
]
# Longer than one parameter may be, with and without what has to be escaped and is cut.
LONG = ["x" * 300_000, "'\\\n" * 50_000, "🎉" * 40_000, "\0%" * 70_000]


def sent_back(store: Store, sql: Sql) -> Any:
    statement = store.engine.dialect.render(compose("SELECT {}", sql))
    ((value,),) = store.engine.run(statement)
    return value


@pytest.mark.parametrize("value", NASTY)
def test_a_text_arrives_as_it_is(kept: Store, value: str) -> None:
    assert sent_back(kept, text(value)) == value
    assert sent_back(kept, texts([value, "x", value])) == [value, "x", value]


@pytest.mark.parametrize("value", LONG, ids=["plain", "escaped", "wide", "nul"])
def test_a_text_of_any_length_arrives_as_it_is(kept: Store, value: str) -> None:
    assert sent_back(kept, text(value)) == value
    assert sent_back(kept, texts(["a", value, *NASTY])) == ["a", value, *NASTY]


@examples(30)
@example("\x00\\'")
@given(value=st.text())
def test_any_text_arrives_as_it_is(kept: Store, value: str) -> None:
    assert sent_back(kept, text(value)) == value


@pytest.mark.parametrize("around", ["", "'\\\t\n", "🎉" * 20])
def test_ten_thousand_texts_are_one_list(kept: Store, around: str) -> None:
    many = [f"{around}{number}{around}" for number in range(10_000)]
    sql = compose("length({})", texts(many))
    assert sent_back(kept, sql) == 10_000
    dialect = ClickHouseDialect()
    found = [sent_back(kept, dialect.is_in(text(value), many)) for value in (many[-1], many[0])]
    assert [bool(one) for one in found] == [True, True]
    assert not sent_back(kept, dialect.is_in(text("no"), many))
    assert sent_back(kept, compose("({} IN {})", raw("toString(1)"), texts([*many, "1"])))


@given(st.lists(st.text() | st.sampled_from(LONG), max_size=5))
def test_nothing_is_lost_in_cutting(values: list[str]) -> None:
    parts = list(batches(values))
    assert [value for part in parts for value in part] == values
    for part in parts:
        assert len(part) == 1 or sum(len(value.encode()) for value in part) <= MAX_BYTES
    for value in values:
        pieces = cut(value)
        assert "".join(pieces) == value
        assert all(len(piece.encode()) <= MAX_BYTES for piece in pieces)


def test_short_values_are_bound_as_before() -> None:
    sql = join(", ", [text("a"), texts(["b", "c"]), texts([]), text("")])
    statement = ClickHouseDialect().render(sql)
    assert statement.text == "{p0:String}, {p1:Array(String)}, {p2:Array(String)}, {p3:String}"
    assert statement.values == ("a", ["b", "c"], [], "")


KEYS = [key for key in NASTY if key] + ["a.b", "a..b", ".", "1", "k", "A", "a", "_2e", "Ä.ö"]


def test_every_key_of_a_payload_is_its_own(store: Store) -> None:
    payload = {key: f"value of {key}" for key in KEYS}
    record = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2021-01-01"}
    store.send("calls", [record | {"payload": payload}])
    for key, value in payload.items():
        filters = {"payload_filters": {key: value}}
        assert store.rows("call_count", filters=filters) == [{"count": 1}], key
        filters = {"payload_filters": {key: "value"}}
        assert store.rows("call_count", filters=filters) == [{"count": 0}], key


def test_identities_of_every_kind_are_found_again(store: Store, wire: Wire) -> None:
    long = [character * 1_024 for character in ("'", "\\", "🎉", "x")]
    ids = [one for one in (*NASTY, *long) if one.strip()]
    records = [
        {
            "call_id": one, "lead_id": one, "merchant_id": one, "reseller_id": one,
            "started_at": "2021-01-01", "outcome": one, "updated_at": "2021-01-02T00:00:00Z",
        }
        for one in ids
    ]  # fmt: skip
    first = store.send("calls", records)
    again = store.send("calls", records)
    assert (first.stored, again.stored, again.unchanged) == (len(ids), 0, len(ids))
    assert store.rows("call_count", filters={"merchant_id": ids}) == [{"count": len(ids)}]


@pytest.mark.parametrize("number", [499, 501])
def test_long_identities_are_found_again(store: Store, number: int) -> None:
    base = {"merchant_id": "🎉" * 1_000, "reseller_id": "r", "started_at": "2021-01-01"}
    times = {"updated_at": "2021-01-02T00:00:00Z"}
    records = [base | times | {"call_id": f"{'é' * 1_000}{place}"} for place in range(number)]
    assert store.send("calls", records).stored == number
    assert store.send("calls", records).unchanged == number
    assert store.rows("call_count") == [{"count": number}]


def test_rows_that_hold_the_bytes_of_a_blank_line_arrive_whole(store: Store) -> None:
    """Arrow writes the length 2,570 as two line feeds and two zeros."""
    payload = {"k": "x" * (0x0A0A - len('{"k":""}'))}
    record = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2021-01-01"}
    store.send("calls", [record | {"payload": payload}])
    assert store.rows("call_count", filters={"payload_filters": payload}) == [{"count": 1}]
