#!/usr/bin/env bash
# Of a body in two gzip members httpx gives the first alone, without an error.
#
# Version: httpx 0.28.1, beside requests 2.32.5 with urllib3 2.5.0.
#
# Behaviour: gzip files may be joined end to end, and are one file then (RFC 1952, 2.2); logs and call
# records that are delivered in pieces are often stored so, and served with `Content-Encoding: gzip`.
# httpx unpacks such a body up to the end of its first member and leaves out the rest: the length is
# right, the status is 200, and a part of the rows is there. requests gives all of them, as gzip does.
#
# Where it would be met: in `callistics import https://…`. Packed bodies are unpacked here by our own
# reader of members, which also tells where the last one is cut off.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    httpx==0.28.1 requests==2.32.5 urllib3==2.5.0

cat > "$folder/members.py" <<'PYTHON'
import gzip
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import requests

MEMBERS = [b"call_id,duration\na,1\n", b"b,2\n", b"c,3\n"]
BODY = b"".join(map(gzip.compress, MEMBERS))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/calls.csv"
seen = {
    "gzip": len(gzip.decompress(BODY).splitlines()),
    "requests": len(requests.get(url, timeout=10).content.splitlines()),
    "httpx": len(httpx.get(url, timeout=10).content.splitlines()),
}
expected = {"gzip": 4, "requests": 4, "httpx": 2}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/members.py"
