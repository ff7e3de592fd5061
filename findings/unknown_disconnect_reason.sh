#!/bin/sh
# A webhook's unknown disconnect reason becomes "no reason" with livekit-api 1.2.2, by name only.
#
# LiveKit's webhooks are protobuf's JSON, where an enum is written by its name. `WebhookReceiver` parses
# them with `ignore_unknown_fields`, which passes over unknown *names of enum values* too: a reason that
# the installed livekit-protocol (1.1.29) does not know reads as 0, UNKNOWN_REASON, the same as an
# absent one, and nothing tells. The same reason written as its number is kept.
#
# Exits with 0 as long as that is so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    livekit-api==1.2.2 livekit-protocol==1.1.29 protobuf==7.36.2
"$folder/venv/bin/python" - <<'PYTHON'
import base64
import hashlib
import json

from livekit import api

KEY, SECRET = "devkey", "a secret of more than thirty-two characters"


def received(**participant):
    event = {
        "event": "participant_left",
        "id": "EV_1",
        "createdAt": "1764000000",
        "participant": {"sid": "PA_1", "identity": "sip_1", **participant},
    }
    body = json.dumps(event)
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    token = api.AccessToken(KEY, SECRET).with_sha256(digest).to_jwt()
    receiver = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))
    return receiver.receive(body, token).participant.disconnect_reason


seen = {
    "known name": received(disconnectReason="USER_REJECTED"),
    "unknown name": received(disconnectReason="CALLEE_BARRED"),
    "unknown number": received(disconnectReason=99),
    "absent": received(),
}
print(seen)
assert seen == {"known name": 12, "unknown name": 0, "unknown number": 99, "absent": 0}
PYTHON
