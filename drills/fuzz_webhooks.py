"""Decoders of what platforms send: the signature of a webhook, and what its body becomes."""

from collections.abc import Callable
from contextlib import suppress

from callistics.errors import Unauthorized
from callistics.mapping import builtin
from callistics.model.webhooks import StoredEndpoint
from callistics.model.zones import zone
from callistics.records.decode import parse_record
from callistics.records.field import RecordKind
from callistics.webhooks.admission import admit
from callistics.webhooks.become import Reader
from callistics.webhooks.bodies import is_taken
from callistics.webhooks.platforms import platforms
from callistics.webhooks.request import Received
from drills.fuzz_loop import Target
from support.decoders import READING
from support.webhook_server import CALLS
from support.webhook_signing import FORM, SECRETS, secret_to_give, signed

_URL = "https://calls.example/webhooks/{}/token?x=1&y=%C3%A9"
_AT = 1_767_225_600.0
_MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="CallSid"\r\n\r\nc1\r\n--b\r\n'
    b'Content-Disposition: form-data; name="Status"\r\n\r\ncompleted\r\n--b--\r\n'
)


def _sample(source: str, body: bytes, content_type: str) -> bytes:
    """The headers, one a line, an empty line, the body."""
    url = _URL.format(source) if source != "plivo" else _URL.format(source).partition("?")[0]
    headers = signed(source, url, body, content_type, at=_AT)
    lines = [f"{name.lower()}: {value}".encode() for name, value in headers.items()]
    return b"\n".join([*lines, b"", body])


def _received(source: str, data: bytes) -> Received:
    head, _, body = data.partition(b"\n\n")
    lines = [line.partition(":") for line in head.decode("latin-1").splitlines()]
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    url = _URL.format(source) if source != "plivo" else _URL.format(source).partition("?")[0]
    return Received(url, headers, body, _AT)


def _webhook(source: str) -> Callable[[bytes], None]:
    platform, mapping = platforms()[source], builtin(source)
    endpoint = StoredEndpoint(
        *("", "", source),
        merchant_from="merchant",
        merchant_id="m",
        reseller_id="r",
        template_from="a.b",
        secrets=(secret_to_give(source, SECRETS[0]),),
        payload_keep=("call", "data.x"),
        addresses=("10.0.0.0/8",),
    )
    reader = Reader(platform, mapping, endpoint, zone("Europe/Lisbon"))

    def read(data: bytes) -> None:
        request = _received(source, data)
        # What the body becomes is looked at all the same: somebody may have the secret.
        with suppress(Unauthorized):
            admit(request, "10.0.0.1", endpoint, platform)
        content_type = request.header("content-type")
        if not is_taken(content_type):
            return
        became = reader.become(content_type, request.body)
        assert not (became.records and became.problems)
        for record in became.records:
            parse_record(RecordKind.CALLS, record, READING)

    return read


def targets() -> list[Target]:
    """One for each platform."""
    found: list[Target] = []
    for source in platforms():
        events = [*CALLS[source].events, *CALLS[source].more]
        samples = [_sample(source, body, content_type) for body, content_type in events]
        if any(content_type == FORM for _, content_type in events):
            samples.append(b"content-type: multipart/form-data; boundary=b\n\n" + _MULTIPART)
        found.append(Target(f"webhooks of {source}", _webhook(source), samples, ()))
    return found
