"""What platforms and their own libraries have signed is taken; whatever differs is not."""

import hashlib
from collections.abc import Mapping

import pytest

from callistics.errors import Unauthorized
from callistics.mapping import builtin
from callistics.model.webhooks import StoredEndpoint
from callistics.webhooks.admission import admit, is_within, sender_of
from callistics.webhooks.platforms import platforms
from callistics.webhooks.request import FORM, Received
from callistics.webhooks.signatures import CHECKS
from support.webhook_server import CALLS
from support.webhook_signing import SECRETS, SIGNERS, secret_to_give, signed

# The documentation's own example.
TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TWILIO_FORM = (
    b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309"
    b"&To=%2B18005551212"
)
TWILIO_JSON = b'{"property": "value", "boolean": true}'
TWILIO_JSON_URL = f"{TWILIO_URL}&bodySHA256={hashlib.sha256(TWILIO_JSON).hexdigest()}"
SHARED = {"x-twilio-webhooks-signature-settings": "key=k1,algorithm=HMAC_SHA256"}
PLIVO_FORM = b"CallUUID=c1&From=1&To=9&Event=Hangup"
RETELL = b'{"event":"call_ended"}'
ELEVEN = b'{"type":"post_call_transcription"}'
ELEVEN_DIGEST = "3cc4a3f872259dc2ea001c24fd60104ee1252ceb20729db60f7762f404fe83c4"
# Made with twilio 9.13.0, plivo 4.63.0, retell-sdk 6.2.13 and as elevenlabs 2.78.0 reads them.
MADE = [
    ("twilio", "12345", TWILIO_URL, FORM, TWILIO_FORM,
     {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}),
    ("twilio", "12345", TWILIO_URL, FORM, TWILIO_FORM,
     {"x-twilio-signature": "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s=", **SHARED}),
    ("twilio", "12345", TWILIO_JSON_URL, "application/json", TWILIO_JSON,
     {"x-twilio-signature": "a9nBmqA0ju/hNViExpshrM61xv4="}),
    ("plivo", "token", "https://calls.example/w", FORM, PLIVO_FORM,
     {"x-plivo-signature-v3": "Yx/gggNy5KOUxpZR8fHP6tGXWvx3gBft+So/ylva2Mg=",
      "x-plivo-signature-v3-nonce": "12345"}),
    ("plivo", "token", "https://calls.example/w?b=2&a=1", FORM, PLIVO_FORM,
     {"x-plivo-signature-ma-v3": "bm8=, TXDbEY4SV0NcWw9MAmWYmj8kyN3S1XhzTbBf2wtSoIM=",
      "x-plivo-signature-v3-nonce": "12345"}),
    ("retell", "key_1", "", "application/json", RETELL,
     {"x-retell-signature": "v=1700000000000,"
      "d=3596824a6fc68f4a2ed64024dd622f1e6e282467e51382fb60d53a43843c8bc7"}),
    ("elevenlabs", "wsec_1", "", "application/json", ELEVEN,
     {"elevenlabs-signature": f"t=1700000000,v0={ELEVEN_DIGEST}"}),
]  # fmt: skip
AT = 1_700_000_010


@pytest.mark.parametrize(("name", "secret", "url", "media", "body", "headers"), MADE)
def test_what_their_own_libraries_sign(
    name: str, secret: str, url: str, media: str, body: bytes, headers: Mapping[str, str]
) -> None:
    sent = {"content-type": media, **headers}
    check = CHECKS[name]
    assert check(Received(url, sent, body, AT), secret)
    assert not check(Received(url, sent, body, AT), secret + "x")
    assert not check(Received(url, sent, body.replace(b"a", b"b", 1), AT), secret)
    assert not check(Received(url, {"content-type": media}, body, AT), secret)
    if url:
        assert not check(Received(url + "x", sent, body, AT), secret)


def test_the_port_that_a_scheme_implies_may_be_signed_or_not() -> None:
    sent = {"content-type": FORM, "x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}
    with_port = TWILIO_URL.replace("mycompany.com", "mycompany.com:443")
    assert CHECKS["twilio"](Received(with_port, sent, TWILIO_FORM), "12345")


@pytest.mark.parametrize(
    ("name", "seconds"), [("retell", 300), ("elevenlabs", 1_800), ("telnyx", 300), ("vonage", 300)]
)
def test_the_tolerance_is_the_platform_s_own(name: str, seconds: int) -> None:
    body, media = CALLS[name].events[0]
    headers = {k.lower(): v for k, v in signed(name, "", body, media, at=AT).items()}
    secret = secret_to_give(name, SECRETS[0])
    for late, taken in ((seconds, True), (seconds + 1, False)):
        assert CHECKS[name](Received("", headers, body, AT + late), secret) is taken


def test_a_token_is_taken_until_a_minute_after_it_ends() -> None:
    body, media = CALLS["livekit"].events[0]
    headers = {k.lower(): v for k, v in signed("livekit", "", body, media, at=AT).items()}
    for late, taken in ((360, True), (361, False), (-60, True), (-61, False)):
        assert CHECKS["livekit"](Received("", headers, body, AT + late), SECRETS[0]) is taken


@pytest.mark.parametrize("header", ["x-vapi-secret", "authorization"])
def test_a_secret_may_be_all_that_a_platform_sends(header: str) -> None:
    sent = {header: "Bearer s3" if header == "authorization" else "s3"}
    assert CHECKS["vapi"](Received("", sent, b"{}"), "s3")
    assert not CHECKS["vapi"](Received("", sent, b"{}"), "s4")
    # What is signed is not let pass by its secret.
    assert not CHECKS["vapi"](Received("", {**sent, "x-vapi-signature": "00"}, b"{}"), "s3")


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_odd_headers_are_refused(name: str) -> None:
    """Whatever stands in them, nothing is raised and nothing taken."""
    secret = secret_to_give(name, SECRETS[0])
    for value in ("", "é", "v=1,d=2", "t=x,v0=y", "Bearer a.b.c", "AAAA", "=" * 9):
        names = ("x-vapi-signature", "x-retell-signature", "x-webhook-signature",
                 "elevenlabs-signature", "x-twilio-signature", "x-plivo-signature-v3",
                 "x-plivo-signature-v3-nonce", "telnyx-timestamp", "telnyx-signature-ed25519",
                 "authorization", "synthflow-signature")  # fmt: skip
        sent = dict.fromkeys(names, value) | {"content-type": "application/json"}
        assert not CHECKS[name](Received("https://a.example:99/b", sent, b"{}", AT), secret)


def test_every_platform_has_its_mapping_and_says_how_it_signs() -> None:
    found = platforms()
    assert found.keys() == CALLS.keys()
    for name, platform in found.items():
        assert builtin(name).events, "bodies that say nothing of a call would be dead letters"
        assert (platform.signature is not None) == (name in SIGNERS)
        assert platform.signature in (None, *CHECKS)
        assert platform.where
        assert platform.signed
        assert platform.format
        assert len(platform.sources) > 1
        assert bool(platform.secret) == (platform.signature is not None)


def test_addresses_behind_proxies() -> None:
    proxies = ("10.0.0.0/8",)
    assert sender_of("10.0.0.1", "198.51.100.1, 192.0.2.1, 10.0.0.2", proxies) == "192.0.2.1"
    assert sender_of("203.0.113.9", "192.0.2.1", proxies) == "203.0.113.9"
    assert sender_of("10.0.0.1", "", proxies) == "10.0.0.1"
    for written in ("192.0.2.1:4711", "[2001:db8::1]:4711", "[2001:db8::1]", "2001:db8::1"):
        plain = "192.0.2.1" if "192" in written else "2001:db8::1"
        assert sender_of("10.0.0.1", f"198.51.100.1, {written}", proxies) == plain
    assert sender_of("10.0.0.1", "192.0.2.1, 10.0.0.2:80", proxies) == "192.0.2.1"
    assert is_within("::ffff:192.0.2.1", ["192.0.2.0/24"])
    assert not is_within("nobody", ["0.0.0.0/0"])


def test_without_secrets_nothing_is_taken_where_a_platform_signs() -> None:
    request = Received("", {"x-vapi-secret": ""}, b"{}")
    with pytest.raises(Unauthorized):
        admit(request, "192.0.2.1", StoredEndpoint("e", "t", "vapi"), platforms()["vapi"])
