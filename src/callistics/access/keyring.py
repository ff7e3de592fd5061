"""The keys in memory: issuing, looking up, revoking, with their last use recorded.

Times of use are kept apart from the keys, here and in the database, so that recording one can never
bring back what a key was before.
"""

import hashlib
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from callistics.errors import Forbidden, Unauthorized
from callistics.model.instants import DAY, MINUTE
from callistics.model.keys import Permission, StoredKey
from callistics.model.scope import EVERYTHING, SCOPED, Scope

# The time of last use is a hint for people: one write a minute tells them enough.
_USE_PRECISION = MINUTE
SOON_DAYS = 14
"""A key that ends within so many days ends soon."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: what is stored of it, and the secret that is shown this once."""

    stored: StoredKey
    secret: str


def hash_secret(secret: str) -> str:
    """SHA-256 in hex: the secret has 256 random bits, so that a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def bearer(authorization: str | None) -> str:
    """The key or token of an `Authorization` header. Raises `Unauthorized`."""
    kind, _, secret = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Unauthorized("send a key as Authorization: Bearer <key>")
    return secret.strip()


def new_secret() -> str:
    """A key that nobody can guess."""
    return "cal_" + secrets.token_urlsafe(32)


def make_key(
    name: str,
    permissions: Iterable[Permission],
    scope: Scope,
    now: int,
    expires_at: int | None = None,
    secret: str | None = None,
) -> NewKey:
    """A new key, not yet stored anywhere."""
    text = new_secret() if secret is None else secret
    stored = StoredKey(
        id="key_" + secrets.token_hex(8),
        name=name,
        hash=hash_secret(text),
        permissions=frozenset(permissions),
        scope=scope,
        created_at=now,
        expires_at=expires_at,
    )
    return NewKey(stored, text)


def covers(outer: Scope, inner: Scope) -> bool:
    """Whether everything in the inner scope is in the outer one too."""
    for name in SCOPED:
        allowed, wanted = outer.allowed(name), inner.allowed(name)
        if allowed is not None and (wanted is None or not wanted <= allowed):
            return False
    return True


def ended(key: StoredKey, ends: int) -> StoredKey:
    """The key as one that ends at an instant (µs), unless it does before."""
    return replace(key, expires_at=min(ends, key.expires_at or ends))


def days_left(key: StoredKey, now: int) -> int | None:
    """The whole days until a key ends, None where it does not, or is none any more."""
    if key.expires_at is None or key.revoked_at is not None or key.expires_at <= now:
        return None
    return (key.expires_at - now) // DAY


def ends_soon(key: StoredKey, now: int) -> bool:
    """Whether a key ends within so many days that its holder is to be told."""
    left = days_left(key, now)
    return left is not None and left < SOON_DAYS


class Keyring:
    """Every key by its hash. Safe to use from many threads.

    `local` is a key of this process alone: it is accepted, but neither listed nor stored.
    """

    def __init__(self, keys: Iterable[StoredKey], local: StoredKey | None = None) -> None:
        self._local = local
        self._keys = {key.hash: key for key in keys}
        # When keys were last used, and what of that is not stored yet.
        self._used: dict[str, int] = {}
        self._unsaved: dict[str, int] = {}
        self._lock = threading.Lock()
        self.revision = 0
        """Another number after each change of which keys hold, but by the passing of time."""

    def authenticate(self, authorization: str | None, now: int) -> StoredKey:
        """The key of an `Authorization` header. Raises `Unauthorized`."""
        return self.admitted(hash_secret(bearer(authorization)), now)

    def knows(self, digest: str) -> bool:
        """Whether there is, or was, a key of this hash."""
        return digest in self._keys or (self._local is not None and self._local.hash == digest)

    def admitted(self, digest: str, now: int) -> StoredKey:
        """The key of a hash, if it holds. Raises `Unauthorized`."""
        if self._local is not None and self._local.hash == digest:
            return self._local
        key = self._keys.get(digest)
        if key is None or key.revoked_at is not None:
            raise Unauthorized("the key is not known, or was revoked")
        if key.expires_at is not None and key.expires_at <= now:
            raise Unauthorized("the key has expired")
        self._note_use(key, now)
        return key

    def _note_use(self, key: StoredKey, now: int) -> None:
        with self._lock:
            last = self._used.get(key.id, key.last_used_at)
            if last is None or now - last >= _USE_PRECISION:
                self._used[key.id] = self._unsaved[key.id] = now

    def is_local(self, key: StoredKey) -> bool:
        """Whether a key is that of this process alone."""
        return self._local is not None and self._local.id == key.id

    def put(self, key: StoredKey) -> None:
        """Add a new key."""
        with self._lock:
            self._keys[key.hash] = key
            self.revision += 1

    def learn(self, stored: Iterable[StoredKey]) -> None:
        """Take keys, and revocations, that are stored and not known; what is revoked stays so."""
        with self._lock:
            for key in stored:
                known = self._keys.get(key.hash)
                if known is None or (known.revoked_at is None and key.revoked_at is not None):
                    self._keys[key.hash] = key
                    self.revision += 1

    def revoke(self, key: StoredKey, now: int) -> StoredKey:
        """Refuse a key from now on, and give it as it is to be stored.

        A key that is revoked already stays so as of the first time.
        """
        with self._lock:
            known = self._keys[key.hash]
            if known.revoked_at is None:
                known = self._keys[key.hash] = replace(known, revoked_at=now)
                self.revision += 1
        return self._with_use(known)

    def end(self, key: StoredKey, ends: int) -> None:
        """Have a key end at an instant (µs), unless it does before; a revocation stays."""
        with self._lock:
            self._keys[key.hash] = ended(self._keys[key.hash], ends)
            self.revision += 1

    def ending(self, now: int) -> list[StoredKey]:
        """The keys that end soon, those first that do first."""
        with self._lock:
            keys = list(self._keys.values())
        found = [key for key in keys if key.revoked_at is None and ends_soon(key, now)]
        return sorted(found, key=lambda key: (key.expires_at or 0, key.id))

    def has_secret(self, secret: str) -> bool:
        """Whether a key, revoked or not, was ever made of this secret."""
        return hash_secret(secret) in self._keys

    def has_ended(self, key_id: str, now: int) -> bool:
        """Whether a key is known to be revoked, or has expired."""
        with self._lock:
            found = next((key for key in self._keys.values() if key.id == key_id), None)
        if found is None:
            return False
        return found.revoked_at is not None or (found.expires_at or now + 1) <= now

    def visible(self, scope: Scope) -> list[StoredKey]:
        """The keys that lie within a scope, oldest first, with their last use."""
        with self._lock:
            found = [key for key in self._keys.values() if covers(scope, key.scope)]
        ordered = sorted(found, key=lambda key: (key.created_at, key.id))
        return [self._with_use(key) for key in ordered]

    def find(self, key_id: str, scope: Scope) -> StoredKey | None:
        """A key by its id, if it lies within the scope."""
        with self._lock:
            found = next((key for key in self._keys.values() if key.id == key_id), None)
        if found is None or not covers(scope, found.scope):
            return None
        return self._with_use(found)

    def _with_use(self, key: StoredKey) -> StoredKey:
        used = self._used.get(key.id)
        return key if used is None else replace(key, last_used_at=used)

    def unsaved_uses(self) -> dict[str, int]:
        """When keys were last used, by their ids, as far as that is not stored yet."""
        with self._lock:
            return dict(self._unsaved)

    def saved_uses(self, uses: Mapping[str, int]) -> None:
        """Take note that times of use are stored; later ones still are to be."""
        with self._lock:
            for key_id, used in uses.items():
                if self._unsaved.get(key_id) == used:
                    del self._unsaved[key_id]


def require(key: StoredKey, permission: Permission) -> None:
    """Raises `Forbidden` if the key lacks the permission."""
    if permission not in key.permissions:
        raise Forbidden(f"this key lacks the permission {permission}")


def process_key(now: int, secret: str) -> NewKey:
    """A key that lives in this process only: nothing of it is stored."""
    return make_key("in-process", Permission, EVERYTHING, now, secret=secret)
