"""Answers that are kept are those that would be computed now."""

from pathlib import Path

import pytest

from callistics.analytics.cache import AnswerCache, CachedAnswer
from callistics.model.scope import EVERYTHING, Scope
from callistics.model.time_range import TimeRange
from callistics.model.zones import zone
from support.server import Server, serving

NOW = 1_760_000_000_000_000
CALL = {"merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01T10:00:00Z"}


def send(server: Server, call_id: str, **fields: object) -> None:
    answer = server.request("POST", "/calls", json={"call_id": call_id, **CALL, **fields})
    assert answer.status_code == 200, answer.text


def asked(server: Server, key: str = "", **body: object) -> tuple[object, bool]:
    """The rows, and whether they were kept from before."""
    answer = server.ask("call_count", key=key, **body)
    assert answer.status_code == 200
    return answer.json()["data"], "repeated" in answer.headers["server-timing"]


@pytest.fixture
def keeps(engine: str) -> bool:
    """Only an engine that nobody else writes to can tell that nothing has changed."""
    return engine == "duckdb"


def test_an_answer_is_kept_until_a_record_changes(server: Server, keeps: bool) -> None:
    send(server, "a")
    assert asked(server) == ([{"count": 1}], False)
    assert asked(server) == ([{"count": 1}], keeps)
    send(server, "b")
    assert asked(server) == ([{"count": 2}], False)
    assert asked(server) == ([{"count": 2}], keeps)


def test_an_answer_is_kept_for_its_scope_alone(server: Server, keeps: bool) -> None:
    send(server, "a")
    send(server, "a", merchant_id="other")
    key = server.make_key({"merchant_ids": ["m"]}, "query")
    assert asked(server)[0] == [{"count": 2}]
    assert asked(server, key) == ([{"count": 1}], False)
    assert asked(server, key) == ([{"count": 1}], keeps)


def test_an_answer_kept_still_wants_a_key(fresh_server: Server) -> None:
    key = fresh_server.make_key(None, "query")
    asked(fresh_server, key)
    listed = fresh_server.request("GET", "/keys").json()["keys"]
    (made,) = [one["id"] for one in listed if one["name"] == "test"]
    fresh_server.request("DELETE", f"/keys/{made}")
    assert fresh_server.ask("call_count", key=key).status_code == 401


def test_nothing_is_kept_where_the_setting_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, answer_cache=0) as server:
        assert [asked(server)[1] for _ in range(3)] == [False] * 3


def test_errors_are_not_kept(server: Server) -> None:
    for _ in range(2):
        assert server.ask("call_count", filters={"min_duration": -1}).status_code == 422


def kept(size: int, version: int | None = 1) -> CachedAnswer:
    return CachedAnswer(version, "call_count", b"x" * size, TimeRange(zone("UTC"), None, None))


@pytest.fixture
def cache() -> AnswerCache:
    return AnswerCache(21_000)


def test_what_was_not_asked_for_longest_makes_room(cache: AnswerCache) -> None:
    for name in (b"a", b"b"):
        cache.keep(name, EVERYTHING, kept(2_000))
    assert cache.find(b"a", EVERYTHING, 1, NOW) is not None
    for number in range(7):
        cache.keep(b"%d" % number, EVERYTHING, kept(2_000))
    assert cache.find(b"b", EVERYTHING, 1, NOW) is None
    assert cache.find(b"6", EVERYTHING, 1, NOW) is not None


def test_what_is_too_large_or_of_no_version_is_not_kept(cache: AnswerCache) -> None:
    cache.keep(b"a", EVERYTHING, kept(3_000))
    cache.keep(b"b", EVERYTHING, kept(10, version=None))
    assert cache.find(b"a", EVERYTHING, 1, NOW) is None
    assert cache.find(b"b", EVERYTHING, None, NOW) is None


def test_an_older_version_and_another_scope_find_nothing(cache: AnswerCache) -> None:
    cache.keep(b"a", EVERYTHING, kept(10))
    assert cache.find(b"a", EVERYTHING, 2, NOW) is None
    assert cache.find(b"a", Scope(frozenset({"r"})), 1, NOW) is None
    cache.keep(b"a", EVERYTHING, kept(20, version=2))
    found = cache.find(b"a", EVERYTHING, 2, NOW)
    assert found is not None
    assert len(found.answer) == 20
