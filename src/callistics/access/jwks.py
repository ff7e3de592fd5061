"""The keys that an issuer publishes (RFC 7517): fetched beside requests, kept while it is down.

Nobody waits for an issuer: a token whose key is just being fetched is to be sent again.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import structlog

from callistics.errors import Unavailable
from callistics.model.json import as_list, as_object, decode
from callistics.token_issuers import Issuer, check_public_key, names_of

LIFETIME, PAUSE = 300.0, 10.0
"""Seconds after which keys are fetched again, and that lie between two tries at least."""
_MAX_KEYS = 100
Fetch = Callable[[str], bytes]
_log = structlog.get_logger("callistics")


def in_background(work: Callable[[], None]) -> None:
    """Do it in a thread of its own."""
    threading.Thread(target=work, name="jwks", daemon=True).start()


class RemoteKeys:
    """The keys of an issuer with a `jwks_url`. Safe to use from many threads.

    `fetch` gives the body at an address, or raises anything. `clock` gives seconds; `start` has
    something done beside the caller.
    """

    def __init__(
        self,
        issuer: Issuer,
        fetch: Fetch,
        clock: Callable[[], float] = time.monotonic,
        start: Callable[[Callable[[], None]], None] = in_background,
    ) -> None:
        self._issuer, self._fetch, self._clock, self._start = issuer, fetch, clock, start
        self._keys: Mapping[str | None, object] | None = None
        self._fetched = self._tried = float("-inf")
        self._under_way = False
        self._lock = threading.Lock()

    def key(self, kid: str | None) -> object | None:
        """The key of an id, None where the issuer has none of it.

        A token may leave the id out where there is but one key. Raises `Unavailable` while nobody
        knows.
        """
        if self._clock() - self._fetched >= LIFETIME:
            self.refresh()
        keys = self._keys or {}
        found = next(iter(keys.values())) if kid is None and len(keys) == 1 else keys.get(kid)
        if found is None:
            self.refresh()
            if self._keys is None or self._under_way:
                raise Unavailable("the keys of the token's issuer are being fetched")
        return found

    def refresh(self) -> None:
        """Have the keys fetched, unless that is under way, or was tried just before."""
        with self._lock:
            moment = self._clock()
            if self._under_way or moment - self._tried < PAUSE:
                return
            self._under_way, self._tried = True, moment
        self._start(self._load)

    def _load(self) -> None:
        try:
            found = keys_of(self._fetch(str(self._issuer.jwks_url)), self._issuer.algorithm)
        except Exception as error:  # noqa: BLE001 - whatever it is, the keys of before hold
            reason = f"{type(error).__name__}: {error}"
            _log.warning("keys not fetched", issuer=self._issuer.name, reason=reason)
        else:
            if not found:
                _log.warning("no keys to check tokens with", issuer=self._issuer.name)
            self._keys, self._fetched = found, self._clock()
        finally:
            self._under_way = False


def keys_of(text: bytes, algorithm: str) -> Mapping[str | None, object]:
    """The keys of a set that check signatures of an algorithm, by their ids; others are left out.

    Raises `ValueError` for what is no set of keys.
    """
    items = as_list((as_object(decode(text)) or {}).get("keys"))
    if items is None or len(items) > _MAX_KEYS:
        raise ValueError(f"is no set of at most {_MAX_KEYS} keys")
    found: dict[str | None, object] = {}
    for item in items:
        written = as_object(item) or {}
        kid, key = written.get("kid"), _key_of(written, algorithm)
        if key is not None and (kid is None or isinstance(kid, str)):
            found.setdefault(kid, key)
    return found


def _key_of(written: Mapping[str, Any], algorithm: str) -> object | None:
    use, named = written.get("use", "sig"), written.get("alg", algorithm)
    if use != "sig" or named not in names_of(algorithm):
        return None
    if "verify" not in (as_list(written.get("key_ops")) or ["verify"]):
        return None
    try:
        key: object = jwt.PyJWK(dict(written), algorithm).key
        check_public_key(algorithm, key)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    return key
