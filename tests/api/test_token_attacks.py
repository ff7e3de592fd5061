"""Tokens of outside issuers, and all that they could be forged, bent and borrowed for."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from callistics.token_issuers import as_issuers
from support.server import Server, problem, serving
from support.tokens import SCOPE, SECRET, claims, forged, made, payload_of, signed, status

RSA = rsa.generate_private_key(65_537, 2_048)
P256 = ec.generate_private_key(ec.SECP256R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()
PRIVATE: dict[str, Any] = {"RS256": RSA, "ES256": P256, "EdDSA": ED25519}
ORIGIN = "https://shop.example"
REFUSED = "the token is not valid, or its issuer is not known"


def pem(key: Any) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


ISSUERS = [
    {"issuer": "platform", "algorithm": "HS256", "key": SECRET},
    {"issuer": "for us", "algorithm": "HS256", "key": SECRET, "audience": "callistics"},
    *(
        {"issuer": name, "algorithm": name, "key": pem(private)}
        for name, private in PRIVATE.items()
    ),
]


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    issuers = as_issuers(json.dumps(ISSUERS))
    with serving(tmp_path_factory.mktemp("issuers"), token_issuers=issuers) as server:
        yield server


def refused(server: Server, token: str) -> str:
    """Why a token is refused, the same for a query and for what only keys reach."""
    found = [problem(server.ask("call_count", key=token), 401)]
    found.append(problem(server.request("GET", "/keys", key=token), 401))
    assert found[0] == found[1]
    return found[0]["detail"]


def test_the_issuers_token_is_taken(trusting: Server) -> None:
    assert status(trusting, signed()) == 200
    for name, private in PRIVATE.items():
        assert status(trusting, signed(private, name, iss=name)) == 200
    assert status(trusting, signed(iss="for us", aud="callistics")) == 200
    assert status(trusting, signed(iss="for us", aud=["x", "callistics"])) == 200
    assert status(trusting, signed(sub="user 7", nbf=int(time.time()) + 20, jti="a")) == 200


@pytest.mark.parametrize(
    "token",
    [
        signed(iss="somebody"),
        signed(iss=...),
        signed(iss=None),
        signed(iss=["platform"]),
        signed(SECRET[::-1]),
        # Of the right issuer, by the key of another.
        signed(RSA, "RS256"),
        signed(iss="RS256"),
        signed(P256, "ES256", iss="RS256"),
        # Another algorithm of the same family.
        signed(RSA, "RS512", iss="RS256"),
        signed(algorithm="HS512"),
        # No signature at all.
        *(forged({"alg": name, "typ": "JWT"}, claims()) for name in ("none", "None", "NONE", "")),
        forged({"typ": "JWT"}, claims()),
        forged({"alg": "HS256"}, claims()),
        # What everybody knows of RS256 as the secret of HS256.
        *(
            forged({"alg": "HS256"}, claims(iss=name), pem(private).encode())
            for name, private in PRIVATE.items()
        ),
        # The token brings its own key, or asks for what nobody understands.
        forged({"alg": "HS256", "jwk": {"kty": "oct", "k": "AA"}}, claims(), b"\0"),
        forged({"alg": "HS256", "jku": "https://evil.example"}, claims(), b"\0"),
        forged({"alg": "HS256", "crit": ["exp"]}, claims(), SECRET.encode()),
        forged({"alg": "HS256", "b64": False}, claims(), SECRET.encode()),
        forged({"alg": "HS256"}, ["no", "object"], SECRET.encode()),
        "eyJ..",
        "eyJhbGciOiJIUzI1NiJ9.e30.",
    ],
)
def test_what_is_not_signed_rightly_is_refused_in_one_sentence(
    trusting: Server, token: str
) -> None:
    assert refused(trusting, token) == REFUSED


def test_claims_cannot_be_changed(trusting: Server) -> None:
    for token in (signed(), made(trusting, locked={"filters": {"outcome": "YES"}})):
        head, _, signature = token.split(".")
        for more in ({"scope": {"merchant_ids": ["m2"]}}, {"locked": {}}, {"exp": 2**33}):
            body = forged({}, payload_of(token) | more).split(".")[1]
            assert refused(trusting, f"{head}.{body}.{signature}") == REFUSED
        body = forged({}, {k: v for k, v in payload_of(token).items() if k != "locked"})
        if "locked" in payload_of(token):
            assert refused(trusting, f"{head}.{body.split('.')[1]}.{signature}") == REFUSED


def test_the_servers_own_issuer_is_nobody_elses(trusting: Server) -> None:
    assert refused(trusting, signed(iss="callistics")) == REFUSED
    own = payload_of(made(trusting))
    assert refused(trusting, jwt.encode(own, SECRET)) == REFUSED


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"scope": ...}, "/scope"),
        ({"scope": None}, "/scope"),
        ({"scope": {}}, "/scope"),
        ({"scope": "openid"}, "/scope"),
        ({"scope": {"merchant_ids": []}}, "/scope/merchant_ids"),
        ({"scope": {"merchant_ids": ["m1"], "template_ids": []}}, "/scope/template_ids"),
        ({"scope": {"merchant_ids": None}}, "/scope"),
        ({"scope": {"merchant_ids": "m1"}}, "/scope/merchant_ids"),
        ({"scope": {"merchant_ids": [None]}}, "/scope/merchant_ids"),
        ({"scope": {"merchant_ids": ["m1"], "leads": ["l"]}}, "/scope/leads"),
        ({"lockd": {"filters": {"outcome": "YES"}}}, "/lockd"),
        ({"locked": None}, "/locked"),
        ({"locked": {"filters": None}}, "/locked/filters"),
        ({"locked": {"timezone": None}}, "/locked/timezone"),
        ({"locked": {"timezone": "No/Where"}}, "/locked/timezone"),
        ({"locked": {"filter": {}}}, "/locked/filter"),
        ({"locked": {"filters": {"merchant": "m"}}}, "/locked/filters/merchant"),
        ({"locked": {"filters": {"merchant_id": None}}}, "/locked/filters/merchant_id"),
        ({"locked": {"filters": {"merchant_id": []}}}, "/locked/filters/merchant_id"),
        ({"exp": ...}, "/exp"),
        ({"iat": ...}, "/iat"),
        ({"exp": None}, "/exp"),
        ({"exp": True}, "/exp"),
        ({"exp": 10**13}, "/exp"),
        ({"exp": int(time.time()) + 900_000}, "/exp"),
        ({"iat": int(time.time()) + 90_000, "exp": int(time.time()) + 90_100}, "/iat"),
        ({"nbf": int(time.time()) + 90_000}, "/nbf"),
        ({"aud": "another"}, "/aud"),
        ({"iss": "for us"}, "/aud"),
        ({"iss": "for us", "aud": ["another"]}, "/aud"),
        ({"origins": None}, "/origins"),
        ({"origins": ORIGIN}, "/origins"),
    ],
)
def test_claims_that_are_absent_or_wrong_grant_nothing(
    trusting: Server, given: dict[str, Any], pointer: str
) -> None:
    token = forged({"alg": "HS256"}, claims(**given), SECRET.encode())
    body = problem(trusting.ask("call_count", key=token), 401)
    assert [one["pointer"] for one in body["errors"]] == [pointer]


def test_an_expired_token_is_refused(trusting: Server) -> None:
    now = int(time.time())
    assert refused(trusting, signed(iat=now - 20, exp=now - 10)) == "the token has expired"


def test_one_thing_is_not_said_twice(trusting: Server) -> None:
    text = json.dumps(claims())[:-1] + ', "scope": {"merchant_ids": ["m2"]}}'
    token = jwt.PyJWS().encode(text.encode(), SECRET, algorithm="HS256")
    assert trusting.ask("call_count", key=token).status_code == 401


def test_origins_are_the_only_ones(trusting: Server) -> None:
    for token in (signed(origins=[ORIGIN]), made(trusting, origins=[ORIGIN])):
        assert status(trusting, token, Origin=ORIGIN) == 200
        assert status(trusting, token) == 403
        for other in ("null", f"{ORIGIN}.evil.example", "http://shop.example", ORIGIN.upper(), ""):
            assert status(trusting, token, Origin=other) == 403
    assert status(trusting, signed(origins=[]), Origin=ORIGIN) == 403
    assert status(trusting, signed(), Origin="https://anywhere.example") == 200


def test_two_origins_are_none(trusting: Server) -> None:
    headers = [("Authorization", f"Bearer {signed(origins=[ORIGIN])}"), ("Origin", ORIGIN)]
    twice = [*headers, ("Origin", "https://evil.example")]
    body = {"query_type": "call_count"}
    answer = trusting.begin("POST", "/analytics", headers=twice, json=body).result()
    assert answer.status_code == 400


def test_a_token_is_no_key(trusting: Server) -> None:
    """Neither what it is called nor what it says makes it one."""
    assert trusting.request("GET", "/keys", key=signed(sub="admin")).status_code == 403
    listed = trusting.request("GET", "/keys").json()["keys"]
    assert not [one for one in listed if one["name"] == "token"]
    body = {"scope": SCOPE, "expires_in": 60}
    answer = trusting.request("POST", "/embed-tokens", key=made(trusting), json=body)
    assert answer.status_code == 403


def test_a_key_that_looks_like_a_token_is_a_key(tmp_path: Path) -> None:
    key = "eyJ-long-enough.to-be.a-key"
    with serving(tmp_path, admin_key=key) as server:
        assert server.request("GET", "/keys", key=key).status_code == 200
