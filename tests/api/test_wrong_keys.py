"""Wrong keys are limited by the address that they come from; right ones are not locked out."""

from pathlib import Path

import pytest

from callistics.access.wrong_keys import WrongKeys, group_of
from callistics.errors import RateLimited
from support.server import Server, serving
from support.tokens import signed

LIMIT = 3


def asked(server: Server, key: str, address: str = "192.0.2.1") -> int:
    headers = {"X-Forwarded-For": address}
    answer = server.request("GET", "/analytics/types", key=key, headers=headers)
    if answer.status_code == 429:
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["content-type"] == "application/problem+json"
        assert "address" in answer.json()["detail"]
    return answer.status_code


def test_beyond_the_limit_keys_are_not_tried(tmp_path: Path) -> None:
    with serving(tmp_path, wrong_key_limit=LIMIT, trusted_proxies=("127.0.0.1",)) as server:
        used, unused = server.make_key(), server.make_key()
        assert asked(server, used) == 200
        assert [asked(server, f"cal_{n}") for n in range(5)] == [401] * 3 + [429] * 2
        # A key that was right there passes; another one may be a guess.
        assert (asked(server, used), asked(server, unused)) == (200, 429)
        # Other addresses have limits of their own.
        assert asked(server, unused, "192.0.2.2") == 200
        assert asked(server, "cal_0", "192.0.2.2") == 401
        # Who writes the header himself is not believed: the nearest address counts.
        assert asked(server, "cal_1", "192.0.2.9, 192.0.2.1") == 429
        assert server.request("GET", "/analytics/types", key=None).status_code == 401


def test_the_header_counts_behind_trusted_proxies_alone(tmp_path: Path) -> None:
    with serving(tmp_path, wrong_key_limit=LIMIT) as server:
        found = [asked(server, "cal_0", f"192.0.2.{number}") for number in range(4)]
        assert found == [401] * 3 + [429]


def test_tokens_that_nobody_signed_count_and_right_ones_pass(tmp_path: Path) -> None:
    with serving(tmp_path, wrong_key_limit=LIMIT) as server:
        body = {"scope": {"merchant_ids": ["m1"]}}
        token = server.request("POST", "/embed-tokens", json=body).json()["token"]
        assert [asked(server, signed()) for _ in range(4)] == [401] * 3 + [429]
        assert asked(server, token) == 200


def test_keys_that_are_known_do_not_count(tmp_path: Path) -> None:
    """A client that goes on with a key that was revoked guesses nothing."""
    with serving(tmp_path, wrong_key_limit=LIMIT) as server:
        made = server.request("POST", "/keys", json={"name": "x", "permissions": ["query"]}).json()
        server.request("DELETE", f"/keys/{made['id']}")
        assert [asked(server, made["key"]) for _ in range(5)] == [401] * 5


def test_without_a_limit_none_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, wrong_key_limit=0) as server:
        assert {asked(server, f"cal_{number}") for number in range(50)} == {401}


def test_the_network_of_a_subscriber_is_one_address() -> None:
    assert group_of("2001:db8:1:2::1") == group_of("2001:db8:1:2:ffff::9")
    assert group_of("2001:db8:1:2::1") != group_of("2001:db8:1:3::1")
    assert group_of("::ffff:192.0.2.1") == group_of("192.0.2.1") != group_of("192.0.2.2")
    assert group_of("") == ""


def test_what_is_kept_is_bounded() -> None:
    wrong = WrongKeys(1)
    for number in range(100):
        wrong.right("192.0.2.1", f"key {number}")
    for number in range(10_100):
        wrong.right(f"10.0.{number // 256}.{number % 256}", "key")
        wrong.wrong(f"10.0.{number // 256}.{number % 256}")
    wrong.right("192.0.2.1", "first")
    wrong.wrong("192.0.2.1")
    wrong.check("192.0.2.1", "first")
    # The oldest addresses are forgotten: keys that were right there are as others.
    with pytest.raises(RateLimited):
        wrong.check("10.0.0.0", "key")
    wrong.check("10.0.39.0", "key")
