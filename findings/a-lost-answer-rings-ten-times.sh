#!/usr/bin/env bash
# A call whose answer is lost is asked for once by one platform's package, three times by others, ten times by Vonage's.
#
# Versions: vonage 4.9.1 (vonage-http-client 1.5.2), vapi_server_sdk 3.0.0, telnyx 4.189.0, elevenlabs 2.78.0,
# plivo 4.63.0, twilio 9.13.0, retell-sdk 6.2.13.
#
# Behaviour: to place a call is a POST, and each one rings a phone. Where the answer is a 500, or the connection ends
# before it came, nobody knows whether that happened. All these packages raise an error then, as if the call had not
# been placed; but some have sent the same request again before, as they do with one that reads, and without a key by
# which the platform could tell that it is the same. Vonage's repeats it as often as its pool may have connections
# (`pool_maxsize`, 10), whatever `max_retries` is; with a pool of one it does not. Retell's repeats other requests, not
# this one.
#
# Where it would be met: in attempts. A person is called three times within seconds; the dialler has no id of any of
# these calls, and calls once more. Webhooks bring them all, and each is an attempt of its own here, too.
#
# Output seen: see `expected` below. The script fails where it becomes another one. Nothing leaves the machine.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    vonage==4.9.1 vonage-voice==1.5.1 vonage-http-client==1.5.2 vapi_server_sdk==3.0.0 telnyx==4.189.0 \
    elevenlabs==2.78.0 plivo==4.63.0 twilio==9.13.0 retell-sdk==6.2.13 \
    requests==2.34.2 urllib3==2.8.0 httpx==0.28.1 pydantic==2.12.5 cryptography==50.0.2

cat > "$folder/calls.py" <<'PYTHON'
import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from elevenlabs import ElevenLabs
from plivo import RestClient
from requests.adapters import HTTPAdapter
from retell import Retell
from telnyx import Telnyx
from twilio.rest import Client
from vapi import Vapi
from vonage import Auth, HttpClientOptions, Vonage

OURS, THEIRS = "+15550100001", "+15550100002"
asked = []


class Platform(BaseHTTPRequestHandler):
    """Takes every request, then fails or hangs up, as `lost` says."""

    lost = False

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        asked.append([name for name in self.headers if "idempotency" in name.lower()])
        if self.lost:
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self.send_response(500)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
Thread(target=server.serve_forever, daemon=True).start()
here = f"http://127.0.0.1:{server.server_port}"
send = HTTPAdapter.send


def sent_here(adapter, request, **options):
    """What goes to a platform's own host by the package requests is sent to this one instead."""
    request.url = here + request.path_url
    return send(adapter, request, **options)


HTTPAdapter.send = sent_here
os.environ["NO_PROXY"] = "*"
made = rsa.generate_private_key(65537, 2048)
key = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def vonage(**options):
    auth = Auth(application_id="00000000-0000-4000-8000-000000000000", private_key=key)
    spoken = {"action": "talk", "text": "Good morning"}
    call = {"to": [{"type": "phone", "number": THEIRS[1:]}], "random_from_number": True, "ncco": [spoken]}
    Vonage(auth, HttpClientOptions(**options)).voice.create_call(call)


def vapi():
    customer = {"number": THEIRS}
    Vapi(token="none", base_url=here).calls.create(assistant_id="a", phone_number_id="p", customer=customer)


def elevenlabs():
    lines = ElevenLabs(api_key="none", base_url=here).conversational_ai.twilio
    lines.outbound_call(agent_id="a", agent_phone_number_id="p", to_number=THEIRS)


def plivo():
    calls = RestClient("MA" + 18 * "0", 40 * "0").calls
    calls.create(from_=OURS, to_=THEIRS, answer_url=f"{here}/answer")


placing = {
    "vonage": vonage,
    "vonage, no retries": lambda: vonage(max_retries=0),
    "vonage, one connection": lambda: vonage(pool_maxsize=1),
    "vapi": vapi,
    "telnyx": lambda: Telnyx(api_key="none", base_url=here).calls.dial(connection_id="1", from_=OURS, to=THEIRS),
    "elevenlabs": elevenlabs,
    "plivo": plivo,
    "twilio": lambda: Client("AC0", "none").calls.create(from_=OURS, to=THEIRS, url=f"{here}/answer"),
    "retell": lambda: Retell(api_key="none", base_url=here).call.create_phone_call(from_number=OURS, to_number=THEIRS),
}


def requests_of(place):
    """How often a call is asked for where the answer is a 500, and where there is none."""
    counts = []
    for Platform.lost in (False, True):
        asked.clear()
        try:
            place()
        except Exception:
            counts.append(len(asked))
        assert not any(asked), "a key that makes the request the same one"
    return counts


seen = {name: requests_of(place) for name, place in placing.items()}
expected = {
    "vonage": [1, 10],
    "vonage, no retries": [1, 10],
    "vonage, one connection": [1, 1],
    "vapi": [3, 3],
    "telnyx": [3, 3],
    "elevenlabs": [3, 1],
    "plivo": [3, 1],
    "twilio": [1, 1],
    "retell": [1, 1],
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/calls.py"
