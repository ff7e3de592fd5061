"""Signs bodies as each platform's documentation says, written apart from what checks them."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
Headers = dict[str, str]
# Long enough for what signs tokens not to warn.
SECRETS = ("the-first-secret-of-a-platform-0123", "another-secret-of-a-platform-456789")
_SEED = {SECRETS[0]: b"1" * 32, SECRETS[1]: b"2" * 32}


def _key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_SEED[secret])


def secret_to_give(source: str, secret: str) -> str:
    """What an endpoint is given of a secret: of one platform the public key."""
    if source != "telnyx":
        return secret
    public = _key(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(public).decode()


def _mac(secret: str, text: bytes, name: str = "sha256") -> bytes:
    return hmac.digest(secret.encode(), text, name)


def _vapi(secret: str, url: str, body: bytes, at: float) -> Headers:
    stamp = str(int(at))
    return {
        "X-Vapi-Timestamp": stamp,
        "X-Vapi-Signature": _mac(secret, stamp.encode() + b"." + body).hex(),
    }


def _retell(secret: str, url: str, body: bytes, at: float) -> Headers:
    stamp = str(int(at * 1000))
    return {"X-Retell-Signature": f"v={stamp},d={_mac(secret, body + stamp.encode()).hex()}"}


def _bland(secret: str, url: str, body: bytes, at: float) -> Headers:
    return {"X-Webhook-Signature": _mac(secret, body).hex()}


def _elevenlabs(secret: str, url: str, body: bytes, at: float) -> Headers:
    stamp = str(int(at))
    return {
        "ElevenLabs-Signature": f"t={stamp},v0={_mac(secret, stamp.encode() + b'.' + body).hex()}"
    }


def _fields(body: bytes) -> str:
    found = parse_qs(body.decode(), keep_blank_values=True)
    return "".join(name + value for name in sorted(found) for value in sorted(found[name]))


def _twilio(secret: str, url: str, body: bytes, at: float) -> Headers:
    mac = _mac(secret, (url + _fields(body)).encode(), "sha1")
    return {"X-Twilio-Signature": base64.b64encode(mac).decode()}


def _plivo(secret: str, url: str, body: bytes, at: float) -> Headers:
    assert not urlsplit(url).query
    mac = _mac(secret, f"{url}?{_fields(body)}.a-nonce".encode())
    # Accounts that rotate their token are sent a signature of each.
    signatures = f"bm9uZQ==,{base64.b64encode(mac).decode()}"
    return {"X-Plivo-Signature-V3": signatures, "X-Plivo-Signature-V3-Nonce": "a-nonce"}


def _telnyx(secret: str, url: str, body: bytes, at: float) -> Headers:
    stamp = str(int(at))
    signature = _key(secret).sign(stamp.encode() + b"|" + body)
    return {
        "Telnyx-Timestamp": stamp,
        "Telnyx-Signature-Ed25519": base64.b64encode(signature).decode(),
    }


def _vonage(secret: str, url: str, body: bytes, at: float) -> Headers:
    claims = {
        "iss": "Vonage",
        "iat": int(at),
        "jti": "a-token",
        "payload_hash": hashlib.sha256(body).hexdigest(),
    }
    return {"Authorization": f"Bearer {jwt.encode(claims, secret, 'HS256')}"}


def _livekit(secret: str, url: str, body: bytes, at: float) -> Headers:
    claims = {
        "iss": "an-api-key",
        "nbf": int(at),
        "exp": int(at) + 300,
        "sha256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
    }
    return {"Authorization": jwt.encode(claims, secret, "HS256")}


def _synthflow(secret: str, url: str, body: bytes, at: float) -> Headers:
    call_id = json.loads(body)["call"]["call_id"]
    return {"Synthflow-Signature": base64.b64encode(_mac(secret, call_id.encode())).decode()}


SIGNERS: Mapping[str, Callable[[str, str, bytes, float], Headers]] = {
    "vapi": _vapi,
    "retell": _retell,
    "bland": _bland,
    "elevenlabs": _elevenlabs,
    "twilio": _twilio,
    "plivo": _plivo,
    "telnyx": _telnyx,
    "vonage": _vonage,
    "livekit": _livekit,
    "synthflow": _synthflow,
}
STAMPED = {"vapi", "retell", "elevenlabs", "telnyx", "vonage", "livekit"}
"""Those whose signatures tell how old they are."""


def signed(
    source: str,
    url: str,
    body: bytes,
    content_type: str = JSON,
    *,
    secret: str = SECRETS[0],
    at: float | None = None,
) -> Headers:
    """The headers of a webhook; of platforms that sign nothing its type alone."""
    headers = {"Content-Type": content_type}
    if source not in SIGNERS:
        return headers
    return headers | SIGNERS[source](secret, url, body, time.time() if at is None else at)
