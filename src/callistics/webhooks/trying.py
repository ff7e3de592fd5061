"""What a body would become, without a server."""

from collections.abc import Sequence

from callistics.errors import did_you_mean
from callistics.mapping import builtin
from callistics.model.webhooks import StoredEndpoint
from callistics.model.zones import zone
from callistics.webhooks.become import Became, Reader
from callistics.webhooks.platforms import platforms
from callistics.webhooks.request import FORM


def unknown_source(source: str) -> str | None:
    """What is wrong with the name of a platform, None where it is one."""
    known = platforms()
    if source in known:
        return None
    hint = did_you_mean(source, known)
    return f"must be one of {', '.join(known)}{hint}"


def what_becomes(
    source: str, body: bytes, content_type: str | None, payload_keep: Sequence[str] = ()
) -> Became:
    """What a platform's body becomes; without a type, what begins like no JSON is a form."""
    if content_type is None:
        content_type = "application/json" if body.lstrip()[:1] in (b"{", b"[") else FORM
    endpoint = StoredEndpoint("", "", source, payload_keep=tuple(payload_keep))
    reader = Reader(platforms()[source], builtin(source), endpoint, zone("UTC"))
    return reader.become(content_type, body)
