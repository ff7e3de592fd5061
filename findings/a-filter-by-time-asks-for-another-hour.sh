#!/usr/bin/env bash
# A filter by time asks Twilio for another hour where it has a zone, and Vapi where it has none.
#
# Versions: twilio 9.13.0, vapi_server_sdk 3.0.0.
#
# Behaviour: `calls.list(start_time_after=...)` of Twilio takes a datetime, writes its wall clock and puts a Z behind:
# ten o'clock in Berlin is asked for as ten o'clock UTC. `calls.list(created_at_ge=...)` of Vapi keeps a zone that is
# there. A datetime without one is taken for the machine's time, with the offset that the machine has at the moment
# of the call, not the one at the time that is asked for: of January and July one is wrong by an hour, and which of
# both changes twice a year. Neither warns.
#
# Where it would be met: in a nightly fetch of the calls of one day, which has the first hours of one more and lacks
# the last, or other calls in winter than in summer. A filter in UTC is the same to both.
#
# Output seen: see `expected` below. The script fails where it becomes another one. Nothing is sent.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    twilio==9.13.0 vapi_server_sdk==3.0.0 httpx==0.28.1 pydantic==2.12.5 tzdata==2026.6

cat > "$folder/filters.py" <<'PYTHON'
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from vapi import Vapi

asked = []


class Nowhere(HttpClient):
    def __init__(self):
        pass

    def request(self, method, uri, params=None, **others):
        asked.append(params["StartTime>"])
        return Response(200, '{"calls": []}')


def answer(request):
    asked.append(request.url.params["createdAtGe"])
    return httpx.Response(200, json=[])


def twilio(at):
    Client("AC0", "none", http_client=Nowhere()).calls.list(start_time_after=at)
    return asked[-1]


def vapi(at):
    http = httpx.Client(transport=httpx.MockTransport(answer))
    Vapi(token="none", httpx_client=http).calls.list(created_at_ge=at)
    return asked[-1]


january, july = datetime(2026, 1, 7, 10), datetime(2026, 7, 1, 10)
assert [time.localtime(at.timestamp()).tm_gmtoff for at in (january, july)] == [3600, 7200]
berlin = july.replace(tzinfo=ZoneInfo("Europe/Berlin"))
seen = {
    "twilio, in Berlin": twilio(berlin),
    "twilio, in UTC": twilio(berlin.astimezone(UTC)),
    "vapi, in Berlin": vapi(berlin),
    "vapi, offsets without a zone": len({vapi(at)[-6:] for at in (january, july)}),
}
expected = {
    "twilio, in Berlin": "2026-07-01T10:00:00Z",
    "twilio, in UTC": "2026-07-01T08:00:00Z",
    "vapi, in Berlin": "2026-07-01T10:00:00+02:00",
    "vapi, offsets without a zone": 1,
}
print(seen)
assert seen == expected
PYTHON
TZ="CET-1CEST,M3.5.0,M10.5.0/3" "$folder/venv/bin/python" "$folder/filters.py"
