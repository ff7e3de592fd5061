#!/bin/sh
# An unlisted hang-up cause changes what a record *is* in two SDKs that type their answers.
#
# telnyx 4.189.0: `webhooks.unsafe_unwrap` of a `call.hangup` event whose `hangup_cause` is not among
# the nine that the package lists gives a `ReplacedLinkClickWebhookEvent`, and the payload is a dict.
# retell-sdk 6.2.13: `call.retrieve` of a phone call with a `disconnection_reason` that the package no
# longer lists (`machine_detected`, which its version 3.12.0 listed) gives a `WebCallResponse`.
# Neither raises or warns. Both decide by the first member of a union that fits the whole value, so a
# program that asks `isinstance` first passes over exactly the calls that ended in a new way.
#
# Exits with 0 as long as that is so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    telnyx==4.189.0 retell-sdk==6.2.13 httpx==0.28.1 pydantic==2.12.5
"$folder/venv/bin/python" - <<'PYTHON'
import json

import httpx
from retell import Retell
from telnyx import Telnyx


def hangup(cause):
    payload = {
        "call_control_id": "v2:abc",
        "call_leg_id": "leg-1",
        "call_session_id": "session-1",
        "connection_id": "7267",
        "from": "+35319605860",
        "to": "+13129457420",
        "start_time": "2026-11-02T22:25:27.521992Z",
        "state": "hangup",
        "hangup_cause": cause,
        "hangup_source": "callee",
        "sip_hangup_cause": "404",
    }
    data = {
        "record_type": "event",
        "event_type": "call.hangup",
        "id": "event-1",
        "occurred_at": "2026-11-02T22:26:00Z",
        "payload": payload,
    }
    return json.dumps({"data": data})


def phone_call(reason):
    call = {
        "call_type": "phone_call",
        "call_id": "call-1",
        "agent_id": "agent-1",
        "agent_version": 1,
        "call_status": "ended",
        "from_number": "+35319605860",
        "to_number": "+13129457420",
        "direction": "outbound",
        "disconnection_reason": reason,
    }
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=call))
    client = Retell(api_key="none", http_client=httpx.Client(transport=transport))
    return client.call.retrieve("call-1")


unwrap = Telnyx(api_key="none").webhooks.unsafe_unwrap
seen = [type(unwrap(hangup(cause))).__name__ for cause in ("user_busy", "unallocated_number")]
print("telnyx:", seen)
assert seen == ["CallHangupWebhookEvent", "ReplacedLinkClickWebhookEvent"]
assert unwrap(hangup("unallocated_number")).data.event_type == "call.hangup"

seen = [type(phone_call(reason)).__name__ for reason in ("dial_busy", "machine_detected")]
print("retell:", seen)
assert seen == ["PhoneCallResponse", "WebCallResponse"]
assert phone_call("machine_detected").call_type == "phone_call"
PYTHON
