"""What a client writes is a value and never a part of a statement, wherever it stands."""

from typing import Any

import pytest

from support.records import CALL
from support.server import Server

TEXTS = [
    "'; DROP TABLE calls; --",
    "x' OR '1'='1",
    'x" OR "1"="1',
    "\\'; SELECT 1; --",
    "{merchant_id:String}",
    "$1 ? :x %s ${y}",
    "a.b'].c[0]",
]
OTHER = {**CALL, "call_id": "other", "lead_id": "other", "payload": {"plain": "other"}}


def written(number: int, text: str) -> dict[str, Any]:
    """A record that has a text in every place of a client's own words."""
    named = {"merchant_id": text, "template_id": text, "outcome": text, "agent_id": text}
    ids = {"call_id": text, "lead_id": text, "status": text}
    return {**CALL, **ids, **named, "payload": {f"k{number}{text}": text}}


@pytest.fixture
def filled(server: Server) -> Server:
    records = [written(number, text) for number, text in enumerate(TEXTS)]
    answer = server.request("POST", "/calls", json=[OTHER, *records])
    assert answer.status_code == 200, answer.text
    return server


def test_a_text_is_found_as_it_is_and_finds_nothing_else(filled: Server) -> None:
    for number, text in enumerate(TEXTS):
        key = f"k{number}{text}"
        for filters in (
            {"merchant_id": text},
            {"outcome": text},
            {"lead_id": text},
            {"payload_filters": {key: text}},
            {"payload_filters": {key: {"contains": text}}},
        ):
            found = filled.request("POST", "/calls/search", json={"filters": filters})
            # A key with dots may lead into objects, where nothing is.
            calls = [one["call_id"] for one in found.json().get("data", ())]
            assert calls == [text] or ("payload_filters" in filters and calls == []), filters
        assert filled.rows("call_count", filters={"agent_id": text}) == [{"count": 1}]
    assert filled.rows("call_count") == [{"count": len(TEXTS) + 1}]


def test_a_text_in_a_place_for_names_is_refused_or_finds_nothing(filled: Server) -> None:
    for text in TEXTS:
        assert filled.ask(text).status_code == 400
        assert filled.ask("call_count", group_by=[text]).status_code == 400
        assert filled.ask("call_count", filters={text: "x"}).status_code == 400
        assert filled.ask("call_count", timezone=text).status_code == 422
        grouped = filled.ask("call_count", group_by=[f"payload.{text}"])
        assert grouped.status_code in (200, 400, 422), grouped.text
        values = filled.request("GET", "/analytics/values", params={"field": text})
        assert values.status_code in (400, 422), values.text
    assert filled.rows("call_count") == [{"count": len(TEXTS) + 1}]


def test_a_text_can_be_the_scope_of_a_key(filled: Server) -> None:
    for text in TEXTS:
        key = filled.make_key({"merchant_ids": [text]}, "query")
        assert filled.rows("call_count", key=key) == [{"count": 1}]
        assert filled.request("GET", "/calls/other", key=key).status_code == 404
