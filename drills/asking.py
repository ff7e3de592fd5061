"""Who asks a server what is known, while others change the rest: an answer is right, or none."""

import json
from typing import Any

import httpx

from drills.old_schema import ANSWERS
from drills.tally import Tally
from support.live import Live

_REFUSED = (503, 504)
_OF_ALL = ("call_count", "calls_over_time", "outcome_distribution")
_NDJSON = {"Accept": "application/x-ndjson"}
_NORTH = {"filters": {"reseller_id": "north"}}
_SENT = {"merchant_id": ["m0", "m1", "m2"]}


class Asker:
    """Asks for one query type after the other, then for all in a batch, then exports the calls."""

    def __init__(self, server: Live, tally: Tally, first: int = 0) -> None:
        self._client, self._tally, self._number = server.client, tally, first

    def ask(self) -> None:
        """Ask what is next."""
        self._number += 1
        turn = self._number % 4
        if turn == 0:
            self._batch()
        elif turn == 1:
            self._export()
        else:
            body, rows = ANSWERS[self._number % len(ANSWERS)]
            answer = self._client.post("/analytics", json=body)
            if self._tally.took(answer, refused=_REFUSED):
                self._compare(body["query_type"], answer.json()["data"], rows)

    def _batch(self) -> None:
        """Every type, and three figures of what changes, which agree as they are of one state."""
        queries = [body for body, _ in ANSWERS]
        queries += [{"query_type": name, "filters": _SENT} for name in _OF_ALL]
        answer = self._client.post("/analytics/batch", json={"queries": queries})
        if not self._tally.took(answer, refused=_REFUSED):
            return
        answers = answer.json()["answers"]
        if not all(self._is_answer(one) for one in answers):
            return
        for (body, rows), one in zip(ANSWERS, answers, strict=False):
            self._compare(f"{body['query_type']} in a batch", one["data"], rows)
        sums = {sum(row["count"] for row in one["data"]) for one in answers[len(ANSWERS) :]}
        if len(sums) > 1:
            self._tally.fault(f"figures of one batch are of several states: {sums}")

    def _is_answer(self, one: dict[str, Any]) -> bool:
        if "data" not in one and one.get("status") not in _REFUSED:
            self._tally.fault(f"in a batch: {json.dumps(one)[:300]}")
        return "data" in one

    def _export(self) -> None:
        try:
            answer = self._client.post("/calls/search", json=_NORTH, headers=_NDJSON)
        except httpx.RemoteProtocolError:
            # Cut off: whoever reads it knows that it is not whole.
            return
        if self._tally.took(answer, refused=_REFUSED):
            ids = sorted(json.loads(line)["call_id"] for line in answer.text.splitlines())
            self._compare("an export", ids, [f"c{number}" for number in range(7)])

    def _compare(self, what: str, told: Any, right: Any) -> None:
        self._tally.count("queries")
        if told != right:
            self._tally.fault(f"{what}: {json.dumps(told)[:300]}")


def read_everything(server: Live, tally: Tally) -> None:
    """Export every call, as long as nobody kills the server."""
    with server.client.stream("POST", "/calls/search", json={}, headers=_NDJSON) as answer:
        if answer.status_code == 200:
            for line in answer.iter_lines():
                json.loads(line)
            tally.count("exports")
        elif answer.status_code not in _REFUSED:
            tally.fault(f"an export: {answer.status_code}")
