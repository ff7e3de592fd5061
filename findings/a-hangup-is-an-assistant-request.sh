#!/usr/bin/env bash
# Vapi's own package reads a `hang`, a `transfer-update` and a `user-interrupted` as an assistant request.
#
# Version: vapi_server_sdk 3.0.0 with pydantic 2.12.5.
#
# Behaviour: `ServerMessage` is the package's type of what Vapi sends to a server. Its message is one of many
# classes, and each of them takes any text as its `type`: the literal that it names is united with `Any`. The first
# class, `ServerMessageAssistantRequest`, has no other field that is required. A message that has the common fields
# alone fits it as well as its own class, and the first one wins. `type` keeps the word that was sent. A report of a
# call without an analysis is read as an assistant request too: its own class requires `analysis`.
#
# Where it would be met: by a server that asks `isinstance` of what it has parsed. A request for an assistant is the
# message that must be answered with one. Here events are told apart by the text of `type` alone.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    vapi_server_sdk==3.0.0 pydantic==2.12.5

cat > "$folder/messages.py" <<'PYTHON'
from vapi.types import ServerMessage

CALL = {
    "id": "call-1",
    "orgId": "org-1",
    "createdAt": "2026-11-01T10:00:00Z",
    "updatedAt": "2026-11-01T10:00:40Z",
    "type": "outboundPhoneCall",
}
ENDED = {"type": "end-of-call-report", "endedReason": "customer-did-not-answer", "artifact": {}}
MESSAGES = {
    "hang": {"type": "hang"},
    "transfer-update": {"type": "transfer-update"},
    "user-interrupted": {"type": "user-interrupted"},
    "status-update": {"type": "status-update", "status": "ringing"},
    "report": ENDED | {"analysis": {}},
    "report without analysis": ENDED,
}

seen = {}
for name, message in MESSAGES.items():
    body = {"message": message | {"timestamp": 1793527240000, "call": CALL}}
    read = ServerMessage.model_validate(body).message
    assert read.type == message["type"]
    seen[name] = type(read).__name__.removeprefix("ServerMessage")
expected = {
    "hang": "AssistantRequest",
    "transfer-update": "AssistantRequest",
    "user-interrupted": "AssistantRequest",
    "status-update": "StatusUpdate",
    "report": "EndOfCallReport",
    "report without analysis": "AssistantRequest",
}
for name, kind in seen.items():
    print(f"{name}: {kind}")
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/messages.py"
