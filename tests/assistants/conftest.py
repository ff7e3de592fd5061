"""A server with calls, and AI assistants that reach it over both transports."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from support import engines
from support.assistant import Assistant, listening, over_http, over_stdio
from support.live import ADMIN_KEY, Live, live

DEAR = "999999999999.123456"
"""The cost of one call: more digits than a 64-bit number has."""
CALL = {"reseller_id": "r", "started_at": "2025-01-01T10:00:00Z"}
Connect = Callable[[str], Assistant]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server with calls of two merchants."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engines, "current", "duckdb")
            found = stack.enter_context(live(tmp_path_factory.mktemp("site")))
        calls = [
            {**CALL, "call_id": f"c{n}", "merchant_id": "mer_a" if n % 3 else "mer_b"}
            | {"outcome": "CONFIRMED" if n % 2 else "NO_ANSWER", "payload": {"city": "Delhi"}}
            for n in range(9)
        ]
        large = {"call_id": "large", "merchant_id": "mer_b", "payload": {"notes": "x" * 8_000}}
        calls += [{**CALL, **large, "call_id": f"large{n}"} for n in range(9)]
        lines = [json.dumps(one) for one in calls]
        dear = json.dumps({**CALL, "call_id": "dear", "merchant_id": "mer_b", "currency": "USD"})
        lines.append(f'{dear[:-1]}, "cost": {DEAR}}}')
        headers = {"Content-Type": "application/x-ndjson"}
        answer = found.client.post("/calls", content="\n".join(lines), headers=headers)
        assert answer.json()["stored"] == len(lines), answer.text
        yield found


@pytest.fixture(scope="session")
def address(site: Live) -> Iterator[str]:
    names = ("--name", "calls.example.com", "--name", "Proxy.Example.com")
    with listening(site.url, *names) as found:
        yield found


@pytest.fixture(params=["stdio", "http"])
def connect(request: pytest.FixtureRequest, site: Live, address: str) -> Connect:
    if request.param == "stdio":
        return lambda key: over_stdio(site.url, key)
    return lambda key: over_http(address, key)


@pytest.fixture
def assistant(address: str) -> Assistant:
    """One of all rights, where the transport does not matter."""
    return over_http(address, ADMIN_KEY)
