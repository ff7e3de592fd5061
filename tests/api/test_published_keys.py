"""Tokens of issuers that publish their keys: fetched beside requests, through every rotation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from callistics.access.jwks import LIFETIME, PAUSE, RemoteKeys, keys_of
from callistics.errors import Unavailable
from callistics.http.fetching import fetch
from callistics.token_issuers import Issuer, as_issuers
from support import inside, tokens
from support.gate import until
from support.issuing import MAKERS, Issuing, published
from support.server import Server, problem, serving


def issuer_of(algorithm: str, url: str) -> Issuer:
    (found,) = as_issuers([{"issuer": "platform", "algorithm": algorithm, "jwks_url": url}])
    return found


def settled(server: Server, token: str) -> int:
    """What a token is answered once the keys were fetched, as a client that sends it again sees."""
    until(lambda: tokens.status(server, token) != 503)
    return tokens.status(server, token)


@pytest.mark.parametrize("algorithm", MAKERS)
def test_keys_are_fetched_and_rotated(algorithm: str, tmp_path: Path) -> None:
    with published(algorithm) as (issuing, url):
        known = (issuer_of(algorithm, url),)
        with serving(tmp_path, token_issuers=known) as server:
            assert settled(server, issuing.token()) == 200
            assert issuing.asked == 1
            stranger = Issuing(algorithm)
            # The name of a key that is known does not help who has another.
            forged = stranger.token(kid=issuing.keys[0].kid)
            assert tokens.status(server, forged) == 401
            before = issuing.token()
            issuing.rotate()
            inside.may_fetch_again(server)
            assert settled(server, issuing.token()) == 200
            assert tokens.status(server, before) == 200
            assert issuing.asked == 2


def test_the_newer_name_of_an_algorithm_is_known(tmp_path: Path) -> None:
    with published("EdDSA") as (issuing, url):
        issuing.keys = [OKPKey.generate_key("Ed25519", {"kid": "new", "alg": "Ed25519"})]
        with serving(tmp_path, token_issuers=(issuer_of("EdDSA", url),)) as server:
            assert settled(server, issuing.token(alg="Ed25519")) == 200


def test_nobody_waits_for_an_issuer(tmp_path: Path) -> None:
    with published("ES256") as (issuing, url):
        issuing.hold.clear()
        known = (issuer_of("ES256", url),)
        with serving(tmp_path, token_issuers=known) as server:
            token = issuing.token()
            answer = server.request("POST", "/analytics", key=token, json={})
            assert problem(answer, 503)["detail"] == (
                "the keys of the token's issuer are being fetched"
            )
            assert answer.headers["retry-after"] == "1"
            assert server.ask("call_count").status_code == 200
            issuing.hold.set()
            assert settled(server, token) == 200


class Kept:
    """Keys under a clock of the test's own; they are fetched when `fetch_now` is called."""

    def __init__(self, issuing: Issuing) -> None:
        self.issuing, self.moment, self.down = issuing, 0.0, False
        self.started: list[Callable[[], None]] = []
        issuer = issuer_of(issuing.algorithm, "https://issuer.example/jwks.json")
        self.keys = RemoteKeys(issuer, self._fetch, lambda: self.moment, self.started.append)

    def _fetch(self, url: str) -> bytes:
        assert url == "https://issuer.example/jwks.json"
        if self.down:
            raise OSError("down")
        return self.issuing.body()

    def fetch_now(self) -> int:
        """Do what was begun; how much that was."""
        started, self.started[:] = list(self.started), []
        for work in started:
            work()
        return len(started)

    def has(self, kid: str | None) -> bool | None:
        """Whether there is a key of an id, None while nobody knows."""
        try:
            return self.keys.key(kid) is not None
        except Unavailable:
            return None


@pytest.fixture
def kept() -> Kept:
    return Kept(Issuing("ES256"))


def test_a_new_key_is_fetched_when_a_token_names_it(kept: Kept) -> None:
    first = kept.issuing.keys[0].kid
    assert kept.has(first) is None
    assert kept.fetch_now() == 1
    assert kept.has(first) is True
    kept.issuing.rotate()
    second = kept.issuing.keys[0].kid
    kept.moment += PAUSE
    assert kept.has(second) is None
    # While it is being fetched the others hold, and it is asked for once.
    assert (kept.has(first), kept.has("other")) == (True, None)
    assert kept.fetch_now() == 1
    assert (kept.has(first), kept.has(second)) == (True, True)
    kept.issuing.rotate(keep=1)
    kept.moment += LIFETIME
    assert kept.has(first) is True
    assert kept.fetch_now() == 1
    assert (kept.has(first), kept.has(second)) == (False, True)


def test_names_that_nobody_has_are_asked_for_once_in_a_while(kept: Kept) -> None:
    kept.has("x")
    kept.fetch_now()
    for _ in range(5):
        assert kept.has("x") is False
    assert kept.fetch_now() == 0
    kept.moment += PAUSE
    for number in range(5):
        assert kept.has(f"x{number}") is None
    assert kept.fetch_now() == 1


def test_keys_hold_while_the_issuer_is_down(kept: Kept) -> None:
    kid = kept.issuing.keys[0].kid
    kept.down = True
    assert kept.has(kid) is None
    kept.fetch_now()
    # Nobody knows yet whether it is a key of the issuer.
    assert kept.has(kid) is None
    kept.down, kept.moment = False, PAUSE
    assert kept.has(kid) is None
    kept.fetch_now()
    kept.down = True
    for _ in range(3):
        kept.moment += LIFETIME
        assert kept.has(kid) is True
        assert kept.fetch_now() == 1
    assert kept.has("unknown") is False


def test_a_token_need_not_name_the_only_key(kept: Kept) -> None:
    kept.has(None)
    kept.fetch_now()
    assert kept.has(None) is True
    kept.issuing.rotate()
    kept.moment += LIFETIME
    kept.has(None)
    kept.fetch_now()
    assert kept.has(None) is False


def test_only_keys_that_check_signatures_of_the_algorithm_are_taken() -> None:
    made = {name: Issuing(name).keys[0] for name in MAKERS}
    public: dict[str, dict[str, Any]] = {
        name: key.as_dict(private=False) for name, key in made.items()
    }
    own = {name: value for name, value in public["ES256"].items() if name != "kid"}
    keys: list[Any] = [
        *public.values(),
        {**own, "kid": "for encryption", "use": "enc"},
        {**own, "kid": "another algorithm", "alg": "ES384"},
        {**own, "kid": "signs only", "key_ops": ["sign"]},
        {**own, "kid": 7},
        {**own, "kid": "spoilt", "x": "AAAA"},
        {**made["ES256"].as_dict(private=True), "kid": "private"},
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
        {"kty": "new", "kid": "unheard of"},
        "no key",
    ]
    found = keys_of(json.dumps({"keys": keys}).encode(), "ES256")
    assert list(found) == [public["ES256"]["kid"]]


@pytest.mark.parametrize(
    "text", [b"", b"<html>", b"[]", b"{}", b'{"keys": {}}', b'{"keys": [' + b"1," * 100 + b"1]}"]
)
def test_what_is_no_set_of_keys_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        keys_of(text, "ES256")


def test_what_an_issuer_answers_is_bounded() -> None:
    with published("ES256") as (issuing, url):
        assert fetch(url) == issuing.body()
        issuing.status = 302
        with pytest.raises(ValueError, match="answered 302"):
            fetch(url)
        issuing.status = 200
        issuing.body = lambda: b" " * (1 << 19)
        with pytest.raises(ValueError, match="larger than 262,144 bytes"):
            fetch(url)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"jwks_url": "http://issuer.example/jwks"}, "must begin with https"),
        ({"jwks_url": "http://localhost.evil.example/jwks"}, "must begin with https"),
        ({"jwks_url": "ftp://issuer.example/jwks"}, "must begin with https"),
        ({"jwks_url": "https://user@issuer.example"}, "must look like"),
        ({"jwks_url": "https://issuer.example", "algorithm": "HS256"}, "published nowhere"),
        ({"jwks_url": "https://issuer.example", "key": "x"}, "one of key, key_file and jwks_url"),
        ({}, "one of key, key_file and jwks_url"),
        ({"jwks_uri": "https://issuer.example"}, 'did you mean "jwks_url"'),
    ],
)
def test_an_address_of_keys_is_checked(given: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        as_issuers([{"issuer": "platform", "algorithm": "ES256", **given}])


def test_keys_on_this_machine_need_no_encryption() -> None:
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert issuer_of("ES256", f"http://{host}:8080/jwks").key is None
