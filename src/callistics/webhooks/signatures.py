"""How platforms sign what they send: one function for each way, from its own documentation or SDK.

Each tells whether a request was signed with a secret. Texts are compared in constant time, and what
is signed is the body as it came.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.types import Options

from callistics.model.json import NotJsonError, as_object, decode
from callistics.webhooks.request import Pairs, Received

Check = Callable[[Received, str], bool]
FIVE_MINUTES, HALF_AN_HOUR = 300, 1_800
_LEEWAY = 60
_RETELL = re.compile(r"v=(\d{1,15}),d=([0-9a-f]{64})")
_WHOLE = re.compile(r"\d{1,15}")
_NO_TIMES: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
}


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _is_one_of(text: str, expected: Iterable[str]) -> bool:
    """All are compared, so that the time taken does not tell which it is."""
    return sum(_same(text, one) for one in expected) > 0


def _digest(secret: str, signed: bytes, algorithm: str = "sha256") -> "hmac.HMAC":
    return hmac.new(secret.encode(), signed, algorithm)


def _hex(secret: str, signed: bytes) -> str:
    return _digest(secret, signed).hexdigest()


def _base64(secret: str, signed: bytes, algorithm: str = "sha256") -> str:
    return base64.b64encode(_digest(secret, signed, algorithm).digest()).decode()


def vapi(request: Received, secret: str) -> bool:
    """An HMAC where one was sent, else the secret itself, as a header or as a bearer token."""
    sent = request.header("x-vapi-signature") or request.header("x-signature")
    signature = sent.removeprefix("sha256=")
    if signature:
        stamp = request.header("x-vapi-timestamp") or request.header("x-timestamp")
        if not stamp:
            return _same(signature, _hex(secret, request.body))
        signed = f"{stamp}.".encode() + request.body
        return _recent(request, stamp) and _same(signature, _hex(secret, signed))
    word = request.header("x-vapi-secret") or _bearer(request)
    return bool(word) and _same(word, secret)


def _recent(request: Received, stamp: str, seconds: float = FIVE_MINUTES) -> bool:
    """Whether a stamp in seconds, or milliseconds, is of about now."""
    if not _WHOLE.fullmatch(stamp):
        return False
    number = int(stamp)
    return abs(request.at - (number / 1000 if number > 10**11 else number)) <= seconds


def retell(request: Received, secret: str) -> bool:
    """`v=<ms>,d=<hex>` over the body and the stamp behind it."""
    found = _RETELL.fullmatch(request.header("x-retell-signature"))
    if found is None or not _recent(request, found[1]):
        return False
    return _same(found[2], _hex(secret, request.body + found[1].encode()))


def bland(request: Received, secret: str) -> bool:
    """Hex over the body."""
    return _same(request.header("x-webhook-signature"), _hex(secret, request.body))


def elevenlabs(request: Received, secret: str) -> bool:
    """`t=<s>,v0=<hex>` over the stamp, a dot and the body."""
    parts: dict[str, str] = {}
    for part in request.header("elevenlabs-signature").split(","):
        name, _, value = part.strip().partition("=")
        parts[name] = value
    stamp = parts.get("t", "")
    # Only what is old is refused: there is no limit of what comes from a clock that is ahead.
    if not _WHOLE.fullmatch(stamp) or int(stamp) < request.at - HALF_AN_HOUR:
        return False
    return _same(parts.get("v0", ""), _hex(secret, f"{stamp}.".encode() + request.body))


def twilio(request: Received, secret: str) -> bool:
    """Base64 over the address and the form's fields; of JSON the address has the SHA-256."""
    given = request.header("x-twilio-signature")
    settings = request.header("x-twilio-webhooks-signature-settings")
    algorithm = "sha256" if "algorithm=HMAC_SHA256" in settings else "sha1"
    body_hash = dict(request.query).get("bodySHA256")
    if body_hash is None:
        fields = "".join(name + value for name, value in _sorted(request.form))
    elif _same(body_hash, hashlib.sha256(request.body).hexdigest()):
        fields = ""
    else:
        return False
    if not request.form and body_hash is None and request.body:
        # Nothing of such a body would be signed.
        return False
    signed = [_base64(secret, (url + fields).encode(), algorithm) for url in _with_port(request)]
    return _is_one_of(given, signed)


def _sorted(form: Pairs) -> Iterable[tuple[str, str]]:
    """By name and value, each pair once."""
    return sorted(set(form))


def _with_port(request: Received) -> tuple[str, ...]:
    """The address with and without the port that its scheme implies."""
    parts = urlsplit(request.url)
    host = parts.netloc.rpartition("@")[2]
    bare = host if parts.port is None else host.rpartition(":")[0]
    ported = host if parts.port is not None else f"{host}:{443 if parts.scheme == 'https' else 80}"
    return tuple({request.url, *(parts._replace(netloc=one).geturl() for one in (bare, ported))})


def plivo(request: Received, secret: str) -> bool:
    """Base64 over the address, its parameters, the form's fields and a nonce; one of several."""
    nonce = request.header("x-plivo-signature-v3-nonce")
    names = ("x-plivo-signature-v3", "x-plivo-signature-ma-v3")
    given = [one.strip() for name in names for one in request.header(name).split(",")]
    if not nonce or not (request.form or not request.body):
        return False
    address = urlsplit(request.url)._replace(query="", fragment="").geturl()
    query = "&".join(f"{name}={value}" for name, value in sorted(request.query))
    fields = "".join(name + value for name, value in sorted(request.form))
    signed = f"{address}?{query}" if query or fields else address
    signed += f".{fields}" if query and fields else fields
    expected = _base64(secret, f"{signed}.{nonce}".encode())
    return _is_one_of(expected, given)


def telnyx(request: Received, secret: str) -> bool:
    """Ed25519 over the stamp, a bar and the body; the secret is the account's public key."""
    stamp = request.header("telnyx-timestamp")
    if not _recent(request, stamp):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(secret))
        signature = base64.b64decode(request.header("telnyx-signature-ed25519"))
        key.verify(signature, f"{stamp}|".encode() + request.body)
    except (InvalidSignature, ValueError):
        return False
    return True


def vonage(request: Received, secret: str) -> bool:
    """A JWT that has the SHA-256 of the body, in hex."""
    claims = _claims(_bearer(request), secret)
    issued = claims.get("iat")
    if not isinstance(issued, int | float) or abs(request.at - issued) > FIVE_MINUTES:
        return False
    return _same(str(claims.get("payload_hash", "")), hashlib.sha256(request.body).hexdigest())


def livekit(request: Received, secret: str) -> bool:
    """A JWT that has the SHA-256 of the body, in base64, and says until when it holds."""
    claims = _claims(_bearer(request) or request.header("authorization"), secret)
    expires, begins = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(begins, int | float):
        return False
    if not begins - _LEEWAY <= request.at <= expires + _LEEWAY:
        return False
    expected = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    return _same(str(claims.get("sha256", "")), expected)


def _bearer(request: Received) -> str:
    kind, _, token = request.header("authorization").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _claims(token: str, secret: str) -> Mapping[str, Any]:
    """The claims of a token that is signed with HS256; none where it is not. Times are not read."""
    try:
        return jwt.decode(token, secret, algorithms=["HS256"], options=_NO_TIMES)
    except jwt.PyJWTError:
        return {}


def synthflow(request: Received, secret: str) -> bool:
    """Base64 over the id of the call alone."""
    try:
        body = as_object(decode(request.body)) or {}
    except NotJsonError:
        return False
    call = as_object(body.get("call")) or {}
    call_id = call.get("call_id", body.get("call_id"))
    names = ("http_synthflow_signature", "http-synthflow-signature", "synthflow-signature")
    given = next((request.header(name) for name in names if request.header(name)), "")
    signed = _digest(secret, str(call_id).encode())
    forms = (base64.b64encode(signed.digest()).decode(), signed.hexdigest())
    return isinstance(call_id, str) and _is_one_of(given, forms)


CHECKS: Mapping[str, Check] = {
    one.__name__: one
    for one in (
        vapi, retell, bland, elevenlabs, twilio, plivo, telnyx, vonage, livekit, synthflow
    )
}  # fmt: skip
"""The ways by the names that the platforms' mappings call them by."""
