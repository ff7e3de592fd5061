"""Calls that differ in their payloads."""

from typing import Any


def call(number: int, merchant: str = "m", /, **payload: Any) -> dict[str, Any]:
    """A call of a merchant with a payload."""
    return {
        "call_id": f"c{number}",
        "merchant_id": merchant,
        "reseller_id": "r",
        "started_at": "2025-01-15T09:30:00Z",
        "payload": payload,
    }
