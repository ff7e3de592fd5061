#!/bin/sh
# One unlisted item of a call's costs is lost, or loses the call, with vapi_server_sdk 3.0.0.
#
# `calls.list` puts None in the place of an item whose `type` the package does not list, so that the
# items no longer add up to the call's `cost`, and `item.cost` raises AttributeError.
# `Call.model_validate`, the obvious way to read the same object from a webhook, refuses the whole call
# for it, while an unlisted `endedReason` or `status` is let through.
#
# Exits with 0 as long as that is so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    vapi_server_sdk==3.0.0 httpx==0.28.1 pydantic==2.12.5
"$folder/venv/bin/python" - <<'PYTHON'
import httpx
import pydantic
from vapi import Vapi
from vapi.types import Call

listed = {"type": "transport", "provider": "twilio", "minutes": 1.0, "cost": 0.01}
call = {
    "id": "call-1",
    "orgId": "org-1",
    "createdAt": "2026-11-01T10:00:00Z",
    "updatedAt": "2026-11-01T10:05:00Z",
    "type": "outboundPhoneCall",
    "status": "ended",
    "endedReason": "customer-did-not-answer",
    "cost": 0.51,
    "costs": [listed, {"type": "carrier-surcharge", "cost": 0.5}],
}


def listing(answer):
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=[answer]))
    client = Vapi(token="none", httpx_client=httpx.Client(transport=transport))
    return client.calls.list()[0]


found = listing(call)
print("calls.list:", found.cost, found.costs)
assert found.cost == 0.51
assert [getattr(item, "cost", None) for item in found.costs] == [0.01, None]
assert found.costs[1] is None

try:
    Call.model_validate(call)
except pydantic.ValidationError as error:
    print("Call.model_validate:", error.error_count(), "errors")
else:
    raise SystemExit("the call is no longer refused")

odd = call | {"costs": [listed], "endedReason": "new-reason", "status": "new-status"}
assert Call.model_validate(odd).ended_reason == "new-reason"
PYTHON
