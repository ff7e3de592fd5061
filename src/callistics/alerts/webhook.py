"""Sending a notice to a webhook, signed as Standard Webhooks 1 has it."""

import base64
import hashlib
import hmac

from callistics import __version__
from callistics.alerts.guard import post
from callistics.alerts.targets import secret_bytes
from callistics.model.alerts import Delivery
from callistics.model.instants import SECOND

_GONE = 410


class NotDeliveredError(Exception):
    """A notice did not arrive, for a reason; where it is `final` it never will."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a message that is sent at a time (s)."""
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    digest = hmac.new(secret_bytes(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def send(delivery: Delivery, now: int, *, private: bool) -> None:
    """Send it at an instant (µs). Raises `NotDeliveredError`."""
    body, timestamp = delivery.body.encode(), now // SECOND
    headers = {
        "content-type": "application/json",
        "user-agent": f"callistics/{__version__}",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(delivery.target.secret, delivery.id, timestamp, body),
    }
    try:
        status = post(delivery.target.url or "", body, headers, private=private)
    except (OSError, ValueError) as error:
        raise NotDeliveredError(_reason(error)) from error
    if not 200 <= status < 300:
        raise NotDeliveredError(f"it answered {status}", final=status == _GONE)


def _reason(error: Exception) -> str:
    text = str(error).partition("\n")[0]
    return text[:200] or type(error).__name__
