"""What is stored of erasures: the ids that are blocked, by digests that do not tell them."""

import hmac
from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewBlocks:
    """Digests that are blocked until an instant (µs)."""

    digests: Set[bytes]
    until: int


def merchant_digest(secret: bytes, merchant_id: str) -> bytes:
    """What says that a merchant has blocked ids: keyed SHA-256."""
    return hmac.digest(secret, b"m" + merchant_id.encode(), "sha256")


def id_digest(secret: bytes, kind: str, merchant_id: str, record_id: str) -> bytes:
    """What says that the id of a call or lead is blocked: keyed SHA-256."""
    merchant = merchant_id.encode()
    text = b"%s %d %s %s" % (kind.encode(), len(merchant), merchant, record_id.encode())
    return hmac.digest(secret, text, "sha256")
