#!/usr/bin/env bash
# Granian's ASGI scope has the client's port as a text, where ASGI and every other server has a number.
#
# Versions: granian 2.8.7 and uvicorn 0.52.0.
#
# Behaviour: the ASGI specification says of `client` in the scope of a request: a host, and a port that
# is an integer. Granian gives ("127.0.0.1", "53416"), uvicorn ("127.0.0.1", 53416). `server` is a
# number in uvicorn and a text in Granian, too. Who looks a client's port up among numbers, such as
# those of getpeername(), finds none of them and gets no error: what is counted by connection under
# Granian stays at zero.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    granian==2.8.7 uvicorn==0.52.0

cat > "$folder/told.py" <<'PYTHON'
import json


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    types = [[type(part).__name__ for part in scope[name]] for name in ("client", "server")]
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(types).encode()})
PYTHON

cat > "$folder/ask.py" <<'PYTHON'
import json
import socket
import subprocess
import sys
import time
from urllib.request import urlopen


def asked(*command: str) -> list[list[str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port), "told:app"])
    try:
        for _ in range(100):
            try:
                with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    return json.load(answer)
            except OSError:
                time.sleep(0.1)
        raise SystemExit("no answer")
    finally:
        server.terminate()
        server.wait()


found = {
    "granian": asked("venv/bin/granian", "--interface", "asginl", "--no-ws", "--log-level", "error"),
    "uvicorn": asked("venv/bin/uvicorn", "--log-level", "error"),
}
expected = {
    "granian": [["str", "str"], ["str", "str"]],
    "uvicorn": [["str", "int"], ["str", "int"]],
}
for name, types in found.items():
    print(f"{name}: {types}")
assert found == expected, found
PYTHON
cd "$folder"
venv/bin/python ask.py
