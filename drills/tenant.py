"""The small tenant of a drill, in a process of its own: clients of the load do not hold it up."""

import json
import subprocess
import sys
import time

import httpx


def asked(url: str, key: str, queries: int, patience: float) -> list[float]:
    """Seconds of each of some queries, asked one after the other."""
    command = [sys.executable, "-m", "drills.tenant", url, str(queries), str(patience)]
    done = subprocess.run(command, input=key, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _ask(url: str, queries: int, patience: float, key: str) -> list[float]:
    headers = {"Authorization": f"Bearer {key}"}
    times: list[float] = []
    with httpx.Client(base_url=url, headers=headers, timeout=patience) as client:
        for number in range(queries):
            body = {"query_type": "call_duration", "filters": {"min_duration": number % 20}}
            began = time.perf_counter()
            answer = client.post("/analytics", json=body)
            times.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
    return times


if __name__ == "__main__":
    print(json.dumps(_ask(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.stdin.read())))
