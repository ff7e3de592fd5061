"""What `/metrics` counts of records: each once, when it is durable what became of it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from callistics.errors import EngineError
from support.gate import CALL, gated, post, until
from support.server import Server, problem

NAME = "callistics_records_total"


def counted(server: Server) -> dict[str, float]:
    """The count of calls by what became of them."""
    lines = server.request("GET", "/metrics").text.splitlines()
    found = [line.removeprefix(NAME) for line in lines if line.startswith(f'{NAME}{{kind="calls"')]
    return {line.split('"')[3]: float(line.split()[1]) for line in found}


def test_a_commit_that_is_tried_again_is_counted_once(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with gated(tmp_path) as (server, parts, gate):
        first = post(server, pool, "c0")
        gate.wait()
        others = [
            post(server, pool, "c1"),
            post(server, pool, "c2", headers={"Idempotency-Key": "once"}),
            pool.submit(server.request, "POST", "/calls", json={**CALL, "attempt": 0}),
        ]
        until(lambda: parts.writer.waiting == 3)
        gate.let_one()
        assert first.result().status_code == 200
        gate.failing, gate.error = 1, EngineError("told to fail")
        gate.open()
        assert [one.result().status_code for one in others] == [200, 200, 422]
        assert counted(server) == {"stored": 3, "unchanged": 0, "pending": 0, "rejected": 1}


def test_what_failed_for_good_and_what_is_repeated_is_not_counted(tmp_path: Path) -> None:
    with gated(tmp_path) as (server, _, gate):
        gate.failing = 1
        gate.open()
        problem(server.request("POST", "/calls", json=CALL), 503)
        assert set(counted(server).values()) == {0}
        headers = {"Idempotency-Key": "once"}
        answers = [server.request("POST", "/calls", json=CALL, headers=headers) for _ in range(2)]
        assert answers[0].content == answers[1].content
        assert counted(server) == {"stored": 1, "unchanged": 0, "pending": 0, "rejected": 0}


def test_records_are_counted_though_nobody_waits_for_the_answer(tmp_path: Path) -> None:
    with gated(tmp_path) as (server, _, gate):
        headers = {"Authorization": f"Bearer {server.application.local_key}"}
        sending = server.begin("POST", "/calls", json=CALL, headers=headers)
        gate.wait()
        sending.cancel()
        gate.open()
        until(lambda: counted(server).get("stored") == 1)


def test_many_rejected_records_are_all_told(tmp_path: Path) -> None:
    with gated(tmp_path) as (server, _, gate):
        gate.open()
        calls = [{**CALL, "call_id": f"c{number}", "attempt": 0} for number in range(100)]
        answer = server.request("POST", "/calls?on_error=skip", json=[*calls, CALL])
        assert [one["index"] for one in answer.json()["rejected"]] == list(range(100))
        assert counted(server) == {"stored": 1, "unchanged": 0, "pending": 0, "rejected": 100}
