"""Which of the ids that records name are blocked, as what they name was erased."""

import secrets
from collections.abc import Iterable, Sequence, Set
from functools import cached_property

import numpy as np

from callistics.engines.base import Session
from callistics.model.erasures import id_digest, merchant_digest
from callistics.records.columnar.arrow import Mask
from callistics.records.columnar.call_batch import CallBatch
from callistics.records.field import RecordKind
from callistics.records.identity import Identity

_SECRET_BYTES = 32


class Blocks:
    """The blocked ids, as one transaction sees them.

    Only the ids of merchants that have any are looked at one by one.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def _secret(self) -> bytes | None:
        return self._session.block_secret()

    def __bool__(self) -> bool:
        """Whether some id may be blocked."""
        return self._secret is not None

    def among(self, kind: RecordKind, identities: Iterable[Identity]) -> Set[Identity]:
        """Those of the calls, or leads, that are blocked."""
        if self._secret is None:
            return frozenset()
        asked = set(identities)
        merchants = self._merchants({merchant for merchant, _ in asked})
        digests = {
            id_digest(self._secret, kind, merchant, one): (merchant, one)
            for merchant, one in asked
            if merchant in merchants
        }
        return {digests[one] for one in self._session.blocked(digests.keys())}

    def rows(self, calls: CallBatch) -> Mask:
        """Which of the calls are blocked, or their leads."""
        found = np.zeros(len(calls), np.bool_)
        if self._secret is None:
            return found
        if not self._merchants({merchant for merchant, _ in calls.named("call_id")}):
            return found
        for kind in RecordKind:
            identities = calls.named(kind.id_field)
            blocked = self.among(kind, identities)
            found |= np.array([one in blocked for one in identities], np.bool_)
        return found

    def add(self, calls: Sequence[Identity], leads: Sequence[Identity], duration: int) -> None:
        """Block ids for so many µs."""
        named = {RecordKind.CALLS: calls, RecordKind.LEADS: leads}
        if self._secret is None:
            self._secret = secrets.token_bytes(_SECRET_BYTES)
            self._session.save_block_secret(self._secret)
        digests: set[bytes] = set()
        for kind, identities in named.items():
            for merchant, one in identities:
                digests.add(merchant_digest(self._secret, merchant))
                digests.add(id_digest(self._secret, kind, merchant, one))
        self._session.block(digests, duration)

    def _merchants(self, merchants: Set[str]) -> Set[str]:
        """Those of the merchants that have blocked ids."""
        assert self._secret is not None
        digests = {merchant_digest(self._secret, one): one for one in merchants}
        return {digests[one] for one in self._session.blocked(digests.keys())}
