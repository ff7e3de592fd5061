"""Tokens as others would make them: any claims, any header, signed with any key."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import jwt

from support.server import Server

Claims = dict[str, Any]
SCOPE = {"merchant_ids": ["m1"]}
SECRET = "a secret that is as long as the longest hash is: sixty-four bytes, no fewer"


def claims(**given: Any) -> Claims:
    """Claims that are right, but for what is given; `...` leaves one out."""
    now = int(time.time())
    usual = {"iss": "platform", "iat": now, "exp": now + 600, "scope": SCOPE}
    return {name: value for name, value in (usual | given).items() if value is not ...}


def signed(key: Any = SECRET, algorithm: str = "HS256", **given: Any) -> str:
    """A token with these claims."""
    return jwt.PyJWS().encode(json.dumps(claims(**given)).encode(), key, algorithm=algorithm)


def forged(header: Mapping[str, object], payload: object, key: bytes = b"") -> str:
    """A token with any header, its signature HMAC-SHA256 by any bytes, which libraries refuse."""
    parts = [_part(json.dumps(one).encode()) for one in (header, payload)]
    text = ".".join(parts)
    signature = hmac.digest(key, text.encode(), hashlib.sha256) if key else b""
    return f"{text}.{_part(signature)}"


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def payload_of(token: str) -> Claims:
    """The claims of a token, whoever signed it."""
    return jwt.decode(token, options={"verify_signature": False})


def made(server: Server, **body: Any) -> str:
    """A token of `POST /embed-tokens`."""
    answer = server.request("POST", "/embed-tokens", json={"scope": SCOPE, **body})
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


def status(server: Server, token: str, **headers: str) -> int:
    """What a count is answered with a token."""
    asked = {"query_type": "call_count"}
    found = server.request("POST", "/analytics", key=token, json=asked, headers=headers)
    return found.status_code
