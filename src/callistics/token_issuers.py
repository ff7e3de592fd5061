"""Who may sign tokens beside the server itself: the setting `token_issuers`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from callistics.errors import unknown_names

OWN_ISSUER = "callistics"
"""The `iss` of the tokens that the server signs itself."""
LEAST_SECRET = 32
"""Bytes that a secret for HS256 has at least."""
_LEAST_RSA = 2_048
_FIELDS = ("issuer", "algorithm", "key", "key_file", "audience")
_REMOTE = ("jwks_url", "jwks_uri", "jwks")


@dataclass(frozen=True, slots=True)
class Issuer:
    """One who signs: the `iss` of the tokens, the one algorithm, and the key to check them with.

    Tokens must name the `audience`; where it is None they must name none.
    """

    name: str
    algorithm: str
    key: Any = field(repr=False)
    audience: str | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.algorithm})"


def as_issuers(value: object) -> tuple[Issuer, ...]:
    """Issuers, as a TOML array of tables or a JSON array of objects."""
    if isinstance(value, str):
        value = json.loads(value) if value.strip() else []
    items = cast("list[object]", value) if isinstance(value, list) else None
    if items is None or not all(isinstance(item, dict) for item in items):
        raise ValueError("must be a list of objects, each with issuer, algorithm and key")
    found = tuple(_issuer(cast("dict[str, object]", item)) for item in items)
    names = [issuer.name for issuer in found]
    if len(set(names)) < len(names):
        raise ValueError("must not name an issuer twice")
    return found


def _issuer(given: Mapping[str, object]) -> Issuer:
    for name in _REMOTE:
        if name in given:
            raise ValueError(f"{name}: keys are not fetched from issuers: give key or key_file")
    for name, hint in unknown_names(given, _FIELDS):
        raise ValueError(f"an issuer has no {name}{hint}")
    name, algorithm = _text(given, "issuer"), _text(given, "algorithm")
    if name == OWN_ISSUER:
        raise ValueError(f"{OWN_ISSUER} is the issuer of the server's own tokens")
    if algorithm not in _KEYS:
        raise ValueError(f"{name}: algorithm must be one of {', '.join(_KEYS)}")
    audience = _text(given, "audience") if "audience" in given else None
    try:
        return Issuer(name, algorithm, _KEYS[algorithm](_key(given)), audience)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} of an issuer must be a text that is not empty")
    return value.strip()


def _key(given: Mapping[str, object]) -> bytes:
    if ("key" in given) == ("key_file" in given):
        raise ValueError("needs either key or key_file")
    if "key" in given:
        return _text(given, "key").encode()
    path = Path(_text(given, "key_file"))
    try:
        return path.read_bytes().strip()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None


def _secret(key: bytes) -> bytes:
    if b"-----BEGIN" in key:
        raise ValueError("HS256 takes a shared secret, not a key in PEM")
    if len(key) < LEAST_SECRET:
        raise ValueError(f"a secret for HS256 has at least {LEAST_SECRET} bytes")
    return key


# Loaded where they are used: most servers have no such issuer, and no command needs one.
def _public(key: bytes) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    try:
        return load_pem_public_key(key)
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("the key must be a public key in PEM") from None


def _rsa(key: bytes) -> object:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415

    found = _public(key)
    if not isinstance(found, RSAPublicKey) or found.key_size < _LEAST_RSA:
        raise ValueError(f"RS256 takes an RSA key of at least {_LEAST_RSA:,} bits")
    return found


def _p256(key: bytes) -> object:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    found = _public(key)
    if not isinstance(found, ec.EllipticCurvePublicKey) or found.curve.name != "secp256r1":
        raise ValueError("ES256 takes a key of the curve P-256")
    return found


def _ed25519(key: bytes) -> object:
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    found = _public(key)
    if not isinstance(found, ed25519.Ed25519PublicKey):
        raise ValueError("EdDSA takes an Ed25519 key")
    return found


_KEYS: Mapping[str, Callable[[bytes], object]] = {
    "HS256": _secret,
    "RS256": _rsa,
    "ES256": _p256,
    "EdDSA": _ed25519,
}
