"""Erasing by the client, and by asyncio too."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from callistics import AsyncClient, Client
from callistics.client import Erased, GoneError, NotFoundError
from callistics.testing import RunningServer


def test_what_is_erased_is_told_by_number(
    client: Client,
    records: Callable[[int], list[dict[str, Any]]],
    merchant: str,
    running: RunningServer,
) -> None:
    client.ingest(records(4))
    calls = client.search_calls(filters={"merchant_id": merchant})
    first, second, third, *_ = [str(call["call_id"]) for call in calls]
    assert client.erase_call(first, merchant_id=merchant) == Erased(1, 0)
    assert client.erase_lead(second).leads == 1
    with pytest.raises(NotFoundError):
        client.erase_lead(second)
    with pytest.raises(GoneError):
        client.ingest([{"call_id": first, "merchant_id": merchant}])

    async def ask() -> list[Erased]:
        async with AsyncClient(running.url, running.key) as other:
            return [await other.erase_call(third), await other.erase_lead("nobody")]

    with pytest.raises(NotFoundError):
        asyncio.run(ask())
    with pytest.raises(NotFoundError):
        client.call(third)


@pytest.mark.parametrize("name", [".", "..", "a/../b", "?#%2E", "é 'x'"])
def test_an_id_may_be_any_text(client: Client, merchant: str, name: str) -> None:
    """Also one that in a path would lead elsewhere."""
    told = {"reseller_id": "r", "started_at": "2025-01-01"}
    client.ingest({"call_id": name, "lead_id": name, "merchant_id": merchant, **told})
    assert client.call(name, merchant_id=merchant)["call_id"] == name
    assert client.lead(name, merchant_id=merchant)["lead_id"] == name
    assert client.erase_lead(name, merchant_id=merchant) == Erased(1, 1)
