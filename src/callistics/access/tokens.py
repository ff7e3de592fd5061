"""Tokens: signed by this server or by an issuer that the settings name, and read again.

The claim `iss` picks the issuer, and the issuer the algorithm and the key: what a token says of
these is not asked. Of a token that is not signed rightly every reason reads the same.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.algorithms import OKPAlgorithm

from callistics.access.claims import Claims, checked, claims_of
from callistics.access.jwks import Fetch, RemoteKeys
from callistics.errors import Forbidden, Unauthorized
from callistics.model.instants import SECOND
from callistics.model.json import encode
from callistics.model.keys import Permission, StoredKey
from callistics.token_issuers import OWN_ISSUER, Issuer, names_of

_LOOKS = re.compile(r"eyJ[\w-]*\.[\w-]*\.[\w-]*")
_SIGNER = jwt.PyJWS()
_SIGNER.register_algorithm("Ed25519", OKPAlgorithm())
_OWN_ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Token:
    """A token just made; `id` tells it from others, and lets nobody in."""

    id: str
    text: str
    expires_at: int


def new_token_secret() -> str:
    """A secret to sign with that nobody can guess."""
    return secrets.token_urlsafe(48)


def looks_like_token(text: str) -> bool:
    """Whether a text is written as a token is."""
    return _LOOKS.fullmatch(text) is not None


class NotSignedError(ValueError):
    """A token that nobody signed who may."""


class Tokens:
    """Signs tokens with the server's own secret, and reads those of all issuers.

    `fetch` gives the keys at the addresses where issuers publish them.
    """

    def __init__(self, secret: str, issuers: Iterable[Issuer], fetch: Fetch) -> None:
        self._others = {issuer.name: issuer for issuer in issuers}
        self._remote = {
            issuer.name: RemoteKeys(issuer, fetch)
            for issuer in self._others.values()
            if issuer.jwks_url is not None
        }
        self.replace_secret(secret)

    def prefetch(self) -> None:
        """Have the keys of issuers that publish them fetched, for the tokens that will come."""
        for one in self._remote.values():
            one.refresh()

    def replace_secret(self, secret: str) -> None:
        """Sign with another secret from now on: what was signed before is refused."""
        self._own = Issuer(OWN_ISSUER, _OWN_ALGORITHM, secret.encode())

    def sign(self, claims: Mapping[str, object], issued: int, expires: int) -> Token:
        """A token of the server's own; times are in µs, and whole seconds are signed."""
        last, id_ = expires // SECOND, "tok_" + secrets.token_hex(8)
        whole = {
            "iss": OWN_ISSUER,
            "jti": id_,
            "iat": issued // SECOND,
            "exp": last,
            **claims,
        }
        text = _SIGNER.encode(encode(whole), self._own.key, algorithm=_OWN_ALGORITHM)
        return Token(id_, text, last * SECOND)

    def read(self, text: str, origin: str | None, now: int) -> StoredKey:
        """What a token that came from an origin may do, as a key.

        Raises `NotSignedError`, `Unauthorized` for what it says, `Forbidden` where it may not come
        from there, `Unavailable` while its issuer's keys are being fetched.
        """
        issuer, payload = self._verified(text)
        claims = checked(claims_of(payload), issuer.audience, now)
        if claims.origins is not None and origin not in claims.origins:
            raise Forbidden("the token may not be sent from this origin")
        return _as_key(claims, issuer, text)

    def _verified(self, text: str) -> tuple[Issuer, bytes]:
        """Who signed it, and its payload."""
        try:
            claimed = _SIGNER.decode_complete(text, options={"verify_signature": False})
            issuer = self._issuer(claims_of(claimed["payload"]).get("iss"))
            key = self._key(issuer, claimed["header"].get("kid"))
            found = _SIGNER.decode_complete(text, key, names_of(issuer.algorithm))
            if claims_of(found["payload"]).get("iss") != issuer.name:
                raise jwt.InvalidIssuerError
        except (jwt.InvalidTokenError, jwt.InvalidKeyError, Unauthorized):
            raise NotSignedError("the token is not valid, or its issuer is not known") from None
        return issuer, found["payload"]

    def _key(self, issuer: Issuer, kid: str | None) -> Any:
        remote = self._remote.get(issuer.name)
        key = issuer.key if remote is None else remote.key(kid)
        if key is None:
            raise jwt.InvalidKeyError
        return key

    def _issuer(self, name: object) -> Issuer:
        found = self._others.get(name) if isinstance(name, str) else None
        # A token of nobody is tried as one of the server's own, which takes as long.
        return self._own if found is None else found


def _as_key(claims: Claims, issuer: Issuer, text: str) -> StoredKey:
    """A key that is stored nowhere, and is counted as the token's own."""
    return StoredKey(
        id=_id(claims, issuer, text),
        name="token",
        hash="",
        permissions=frozenset({Permission.QUERY}),
        scope=claims.scope,
        expires_at=claims.expires_at,
    )


def _id(claims: Claims, issuer: Issuer, text: str) -> str:
    """Of another's token not its own name, which may be that of a person: this is logged."""
    if issuer.name == OWN_ISSUER:
        return claims.name
    named = f"{issuer.name} {claims.name or text}"
    return "tok_" + hashlib.sha256(named.encode()).hexdigest()[:16]
