"""The audit log: what is noted, who sees it, and what shows when somebody changed it."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from callistics.model.audit import SERVER, Action, Who, note
from callistics.model.audit_chain import Entry, Verifier
from callistics.server.first_start import note_start
from support import inside
from support.audit import entries, rewrite
from support.server import Server, problem, serving
from support.webhook_server import CALLS, Endpoint


@pytest.fixture
def server(fresh_server: Server) -> Server:
    return fresh_server


def make_key(server: Server, name: str, key: str = "", **scope: list[str]) -> tuple[str, str]:
    wanted = {"name": name, "permissions": ["admin"], "scope": scope or None}
    answer = server.request("POST", "/keys", key=key, json=wanted)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["key"]


def fault_of(server: Server) -> str | None:
    """What is wrong with the first entry that does not fit."""
    verifier = Verifier()
    return next((wrong for one in entries(server) if (wrong := verifier.fault(one))), None)


def test_what_is_done_with_keys_and_tokens_is_noted(server: Server) -> None:
    key_id, key = make_key(server, "Ana")
    wanted = {"scope": {"merchant_ids": ["m1"]}, "expires_in": 60}
    token = server.request("POST", "/embed-tokens", key=key, json=wanted)
    assert token.status_code == 201
    assert server.request("DELETE", "/embed-tokens", key=key).status_code == 204
    assert server.request("DELETE", f"/keys/{key_id}").status_code == 204
    found = entries(server)
    assert [(one["action"], one["who"]["name"]) for one in found] == [
        ("key.created", "server"),
        ("key.created", "command line"),
        ("embed_token.created", "Ana"),
        ("embed_tokens.revoked", "Ana"),
        ("key.revoked", "command line"),
    ]
    assert [one["who"]["key_id"] for one in found] == [None, None, key_id, key_id, None]
    told = {"key": key_id, "name": "Ana", "permissions": ["admin"], "expires_at": None}
    assert found[1]["details"] == told
    assert found[2]["details"].keys() == {"token", "expires_at"}
    assert found[4]["details"] == {"key": key_id}
    for secret in (key, token.json()["token"]):
        assert secret not in json.dumps(found)


def test_what_is_done_with_webhook_endpoints_is_noted(server: Server) -> None:
    key_id, key = make_key(server, "Ana")
    endpoint = Endpoint(server, "retell", key, merchant_from="call.nowhere", reseller_id="r1")
    own = {"endpoint": endpoint.made["id"]}
    assert endpoint.send(CALLS["retell"].events[-1]).status_code == 200
    assert len(endpoint.dead_letters()) == 1
    for method, path in (
        ("POST", f"{endpoint.path}/dead-letters/replay"),
        ("DELETE", f"{endpoint.path}/dead-letters"),
    ):
        assert server.request(method, path, key=key).status_code == 200
    change = {"second_secret": "another secret"}
    assert server.request("PATCH", endpoint.path, key=key, json=change).status_code == 200
    assert server.request("DELETE", endpoint.path, key=key).status_code == 204
    found = [one for one in entries(server) if one["who"]["key_id"] == key_id]
    assert [(one["action"], one["details"]) for one in found] == [
        ("webhook_endpoint.created", {**own, "source": "retell"}),
        ("dead_letters.replayed", {**own, "replayed": 1}),
        ("dead_letters.deleted", {**own, "deleted": 1}),
        ("webhook_endpoint.changed", {**own, "source": "retell"}),
        ("webhook_endpoint.ended", {**own, "source": "retell"}),
    ]
    assert "secret" not in json.dumps(found)


def test_each_entry_has_the_hash_of_the_one_before(server: Server) -> None:
    for name in ("Ana", 'Bo "\\ é'):
        make_key(server, name)
    found = entries(server)
    assert [one["sequence"] for one in found] == [1, 2, 3]
    assert [one["previous"] for one in found] == ["", *(one["hash"] for one in found[:-1])]
    for one in found:
        told = {name: value for name, value in one.items() if name != "hash"}
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert one["hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert all(before["at"] <= after["at"] for before, after in pairwise(found))
    assert fault_of(server) is None


def changed(**column: object) -> Callable[[list[Entry]], Sequence[Entry]]:
    return lambda found: [found[0], replace(found[1], **column), *found[2:]]


TAMPERED: dict[str, tuple[Callable[[list[Entry]], Sequence[Entry]], int]] = {
    "sequence": (changed(sequence=7), 2),
    "at": (changed(at=1), 2),
    "a time that is none": (changed(at=2**62), 2),
    "action": (changed(action="key.revoked"), 2),
    "key": (changed(who=Who("command line", "key_0")), 2),
    "name": (changed(who=Who("somebody else")), 2),
    "details": (changed(details='{"key":"key_1"}'), 2),
    "details that are no JSON": (changed(details="x"), 2),
    "previous": (changed(previous="0" * 64), 2),
    "hash": (changed(hash="0" * 64), 2),
    "no hash": (changed(hash=""), 2),
    "removed": (lambda found: [found[0], *found[2:]], 2),
    "the first removed": (lambda found: found[1:], 1),
    "added": (lambda found: [*found, replace(found[1], hash="f" * 64)], 3),
    "reordered": (
        lambda found: [
            found[0],
            replace(found[1], sequence=3),
            replace(found[2], sequence=2),
            found[3],
        ],
        2,
    ),
}


def test_whatever_is_changed_is_found(server: Server) -> None:
    for name in ("Ana", "Bo", "Cy"):
        make_key(server, name)
    kept: list[Entry] = []
    rewrite(server, lambda found: kept.extend(found) or found)
    for name, (edit, place) in TAMPERED.items():
        rewrite(server, lambda _, edit=edit: edit(list(kept)))
        assert f"entry {place} " in (fault_of(server) or ""), name
    rewrite(server, lambda _: kept)
    assert fault_of(server) is None


def test_pages_have_every_entry_once_in_either_order(server: Server) -> None:
    for name in "abcdef":
        make_key(server, name)
    whole = entries(server)
    for order, expected in (("sequence", whole), ("-sequence", whole[::-1])):
        assert pages(server, order=order) == expected
    # A row that was put beside another of its number is on a page too, wherever pages end.
    rewrite(server, lambda found: [*found, replace(found[3], hash="0"), replace(found[3], hash="")])
    assert len(pages(server, order="sequence")) == len(whole) + 2


def pages(server: Server, key: str = "", **asked: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        params = {"limit": "2", **asked, **cursor}
        answer = server.request("GET", "/audit", key=key, params=params).json()
        found += answer["data"]
        assert len(answer["data"]) <= 2
        if answer["next_cursor"] is None:
            return found
        cursor = {"cursor": answer["next_cursor"]}


def test_a_scoped_key_sees_what_keys_within_its_scope_did(server: Server) -> None:
    id_, own = make_key(server, "Ana", merchant_ids=["m1", "m2"])
    inner_id, inner = make_key(server, "inner", own, merchant_ids=["m1"])
    _, other = make_key(server, "Bo", merchant_ids=["m3"])
    make_key(server, "further", other, merchant_ids=["m3"])
    make_key(server, "further", inner, merchant_ids=["m1"])
    assert [one["who"]["key_id"] for one in pages(server, own)] == [inner_id, id_]
    assert [one["who"]["key_id"] for one in pages(server, own, limit="1")] == [inner_id, id_]
    assert [one["who"]["key_id"] for one in pages(server, inner)] == [inner_id]
    # How much others did in between is not told.
    assert all(
        one.keys() == {"at", "action", "who", "details", "hash"} for one in pages(server, own)
    )
    hashes = [one["hash"] for one in entries(server)]
    for cursor in (hashes[0], hashes[4], f"1.{hashes[0]}", "3.", "x"):
        problem(server.request("GET", "/audit", key=own, params={"cursor": cursor}), 422)


def test_a_scoped_key_of_which_nothing_is_noted_sees_nothing(server: Server) -> None:
    _, key = make_key(server, "Ana", merchant_ids=["m1"])
    assert pages(server, key) == []


def test_filters(server: Server) -> None:
    key_id, _ = make_key(server, "Ana")
    server.request("DELETE", f"/keys/{key_id}")
    assert [one["details"] for one in entries(server, action="key.revoked")] == [{"key": key_id}]
    assert entries(server, action="call.erased") == []
    first, *others = entries(server)
    assert entries(server, **{"from": others[0]["at"]}) == others
    assert entries(server, to="2020-01-01") == []
    assert entries(server, to=first["at"][:10]) != []


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "key.invented"},
        {"from": "yesterday"},
        {"to": "2025-02-30"},
        {"order": "at"},
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "two"},
        {"cursor": "x"},
        {"cursor": ""},
        {"cursor": "9" * 30 + ".0"},
        {"who": "me"},
    ],
)
def test_what_is_wrong_is_refused(shared_server: Server, asked: dict[str, str]) -> None:
    (name,) = asked
    is_read = name in ("from", "to", "cursor") or asked.get("limit", "").isdecimal()
    status = 422 if is_read else 400
    assert name in problem(shared_server.request("GET", "/audit", params=asked), status)["detail"]


def test_the_log_takes_an_admin_key(shared_server: Server) -> None:
    key = shared_server.make_key(None, "query", "ingest")
    problem(shared_server.request("GET", "/audit", key=key), 403)
    problem(shared_server.request("GET", "/audit", key=None), 401)


def test_entries_go_on_after_a_restart(engine: str, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        make_key(server, "Ana")
        before = entries(server)
    with serving(tmp_path) as server:
        parts = server.application.services
        note_start(parts, inside.engine_of(server))
        make_key(server, "Bo")
        found = entries(server)
        assert found[: len(before)] == before
        assert [one["action"] for one in found[len(before) :]] == ["server.started", "key.created"]
        assert "engine" in found[len(before)]["details"]["settings"]
        assert fault_of(server) is None


def test_what_is_not_stored_is_not_noted(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        before = entries(server)
        problem(server.request("POST", "/keys", json={"name": "x", "permissions": ["all"]}), 400)
        problem(server.request("DELETE", "/keys/key_0"), 404)
        assert entries(server) == before


def test_a_detail_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="lead_id"):
        note(Action.LEAD_ERASED, SERVER, 0, lead_id="l1")
