"""Who sends records to a server, and compares its figures with the ledger's."""

import json
from typing import Any
from urllib.parse import quote, urlsplit

from drills.ledger import Ledger, Verdict, calls_of
from drills.old_schema import ANSWERS, OLD_CALLS
from drills.tally import Tally
from support.gate import until
from support.live import Live

_TENANTS = {"merchant_id": "hooks", "reseller_id": "r"}
_SIZES = (1, 1, 40, 1, 120)
_BURST = 6


def make_hook(server: Live) -> str:
    """The path of a webhook endpoint, of a platform that signs nothing."""
    answer = server.client.post("/webhook-endpoints", json={"source": "bolna", **_TENANTS})
    answer.raise_for_status()
    return urlsplit(answer.json()["url"]).path


class Sender:
    """Sends one request after the other, under names of its own."""

    def __init__(self, server: Live, ledger: Ledger, name: str, hook: str, tally: Tally) -> None:
        self._client, self._ledger, self._name, self._hook = server.client, ledger, name, hook
        self._tally = tally
        self._number = 0
        self._sent: list[tuple[str, int, int]] = []

    def send(self) -> None:
        """Send what is next: calls, a webhook, a correction of what came before, a query."""
        self._number += 1
        turn = self._number % 8
        if turn == 3:
            self._send_hook(0)
        elif turn == 6 and self._sent:
            self._correct()
        elif turn == 7:
            self._tally.took(self._client.post("/analytics", json={"query_type": "call_count"}))
        else:
            name, size = f"{self._name}-{self._number}", _SIZES[self._number % len(_SIZES)]
            self._sent.append((name, 0, size))
            self._send_calls(name, 0, size)

    def send_hooks(self) -> None:
        """Send some events, so that one is often kept and not mapped yet."""
        self._number += 1
        for one in range(_BURST):
            self._send_hook(one)

    def erase(self) -> None:
        """Send four calls, erase a lead with two of them, and another one; then they stay gone."""
        self._number += 1
        name = f"{self._name}-{self._number}"
        calls = calls_of(name, 0, 4)
        lead = f"{name}-lead"
        for call in calls[:2]:
            call |= {"lead_id": lead, "merchant_id": "m0", "status": "new"}
        self._ledger.sends(name, calls)
        if not self._tally.took(self._client.post("/calls", json=calls)):
            return
        self._ledger.acknowledged(name)
        if self._erase(name, f"/leads/{lead}", calls[:2]) and self._number % 2:
            self._tally.took(self._client.post("/calls", json=calls[0]), 410)
            self._tally.took(self._client.get(f"/leads/{lead}"), 404)
        self._erase(name, f"/calls/{quote(calls[2]['call_id'])}", calls[2:3])

    def _erase(self, name: str, path: str, calls: list[dict[str, Any]]) -> bool:
        ids = frozenset(call["call_id"] for call in calls)
        self._ledger.erases(name, ids)
        gone = self._tally.took(self._client.delete(path))
        if gone:
            self._ledger.erased(name, ids)
            self._tally.count("erased")
        return gone

    def _send_calls(self, name: str, version: int, size: int) -> None:
        calls = calls_of(name, version, size)
        self._ledger.sends(name, calls)
        if self._tally.took(self._client.post("/calls", json=calls if size > 1 else calls[0])):
            self._ledger.acknowledged(name)

    def _correct(self) -> None:
        index = self._number % len(self._sent)
        name, version, size = self._sent[index]
        if not self._ledger.has(name):
            return
        self._sent[index] = (name, version + 1, size)
        self._send_calls(name, version + 1, size)

    def _send_hook(self, one: int) -> None:
        call_id = f"{self._name}-hook-{self._number}-{one}"
        body = {
            "id": call_id,
            "status": "completed",
            "created_at": "2025-03-01T12:00:00",
            "updated_at": "2025-03-01T12:01:00",
            "conversation_duration": 42,
        }
        self._ledger.sends_hook(call_id)
        headers = {"Content-Type": "application/json"}
        answer = self._client.post(self._hook, content=json.dumps(body), headers=headers)
        if self._tally.took(answer):
            self._ledger.hook_acknowledged(call_id)


def check(server: Live, ledger: Ledger) -> Verdict:
    """Compare everything that is stored, and the figures of queries, with the ledger."""
    until(lambda: waiting(server) == 0)
    stored = _every_call(server)
    verdict = ledger.judge(call for call in stored if call["reseller_id"] == "r")
    old = sorted(call["call_id"] for call in stored if call["reseller_id"] != "r")
    verdict.wrong += old != OLD_CALLS
    queries = {"queries": [body for body, _ in ANSWERS]}
    answers = server.client.post("/analytics/batch", json=queries).json()["answers"]
    verdict.wrong += sum(
        one.get("data") != rows for (_, rows), one in zip(ANSWERS, answers, strict=True)
    )
    told, right = _figures(server), ledger.figures
    verdict.wrong += sum(told[name] != figure for name, figure in right.items())
    return verdict


def waiting(server: Live) -> int:
    """How many webhooks are kept and not mapped yet."""
    lines = server.client.get("/metrics").text.splitlines()
    (line,) = (one for one in lines if one.startswith("callistics_webhooks_waiting "))
    return int(float(line.split()[1]))


def _every_call(server: Live) -> list[dict[str, Any]]:
    headers = {"Accept": "application/x-ndjson"}
    answer = server.client.post("/calls/search", json={}, headers=headers)
    answer.raise_for_status()
    return [json.loads(line) for line in answer.text.splitlines()]


def _figures(server: Live) -> dict[str, Any]:
    others = {"filters": {"merchant_id": ["m0", "m1", "m2"]}}
    (count,) = server.rows("call_count", **others)
    (length,) = server.rows("call_duration", **others)
    days = server.rows("calls_over_time", granularity="day", **others)
    statuses = server.rows("status_distribution", **others)
    return {
        "calls": count["count"],
        "seconds": length["total"],
        "by day": {row["date"][:10]: row["count"] for row in days if row["count"]},
        "by status": {row["status"]: row["count"] for row in statuses if row["count"]},
    }
