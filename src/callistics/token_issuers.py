"""Who may sign tokens beside the server itself: the setting `token_issuers`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from callistics.errors import unknown_names

OWN_ISSUER = "callistics"
"""The `iss` of the tokens that the server signs itself."""
LEAST_SECRET = 32
"""Bytes that a secret for HS256 has at least."""
_LEAST_RSA = 2_048
_FIELDS = ("issuer", "algorithm", "key", "key_file", "jwks_url", "audience")


@dataclass(frozen=True, slots=True)
class Issuer:
    """One who signs: the `iss` of the tokens, the one algorithm, and the key to check them with.

    Where that is None the keys are those that `jwks_url` has (RFC 7517), and tokens name theirs.
    Tokens must name the `audience`; where it is None they must name none.
    """

    name: str
    algorithm: str
    key: Any = field(repr=False)
    audience: str | None = None
    jwks_url: str | None = None

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
    for name, hint in unknown_names(given, _FIELDS):
        raise ValueError(f"an issuer has no {name}{hint}")
    name, algorithm = _text(given, "issuer"), _text(given, "algorithm")
    if name == OWN_ISSUER:
        raise ValueError(f"{OWN_ISSUER} is the issuer of the server's own tokens")
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"{name}: algorithm must be one of {', '.join(_ALGORITHMS)}")
    audience = _text(given, "audience") if "audience" in given else None
    try:
        if len(given.keys() & {"key", "key_file", "jwks_url"}) != 1:
            raise ValueError("needs one of key, key_file and jwks_url")
        if "jwks_url" in given:
            return Issuer(name, algorithm, None, audience, _url(given, algorithm))
        return Issuer(name, algorithm, _key(_written(given), algorithm), audience)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} of an issuer must be a text that is not empty")
    return value.strip()


def _url(given: Mapping[str, object], algorithm: str) -> str:
    url = _text(given, "jwks_url")
    parts = urlsplit(url)
    if algorithm not in _PUBLIC:
        raise ValueError(f"{algorithm} takes a shared secret, which is published nowhere")
    if not parts.hostname or parts.username is not None:
        raise ValueError("jwks_url must look like https://issuer.example/jwks.json")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
        raise ValueError("jwks_url must begin with https://")
    return url


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _key(written: bytes, algorithm: str) -> object:
    if algorithm not in _PUBLIC:
        return _secret(written)
    found = _public(written)
    check_public_key(algorithm, found)
    return found


def _written(given: Mapping[str, object]) -> bytes:
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


def _rsa(key: object) -> None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415

    if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_RSA:
        raise ValueError(f"RS256 takes an RSA key of at least {_LEAST_RSA:,} bits")


def _p256(key: object) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise ValueError("ES256 takes a key of the curve P-256")


def _ed25519(key: object) -> None:
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise ValueError("EdDSA takes an Ed25519 key")


_PUBLIC: Mapping[str, Callable[[object], None]] = {
    "RS256": _rsa,
    "ES256": _p256,
    "EdDSA": _ed25519,
}
_ALGORITHMS = ("HS256", *_PUBLIC)


def names_of(algorithm: str) -> tuple[str, ...]:
    """What tokens and keys may call an algorithm: RFC 9864 has a name that says the curve."""
    return ("EdDSA", "Ed25519") if algorithm == "EdDSA" else (algorithm,)


def check_public_key(algorithm: str, key: object) -> None:
    """Raises `ValueError` for what is no public key to check signatures of an algorithm with."""
    _PUBLIC[algorithm](key)
