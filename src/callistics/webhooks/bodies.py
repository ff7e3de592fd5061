"""Kept bodies as documents: JSON as it is, the fields of a form as an object of texts."""

from collections.abc import Iterable
from email.parser import BytesParser
from email.policy import HTTP

from callistics.model.json import NotJsonError, decode
from callistics.model.media_types import is_json, media_type
from callistics.webhooks.request import FORM, FORM_BYTES, MULTIPART, pairs

_FORMS = (FORM, MULTIPART)


def is_taken(content_type: str) -> bool:
    """Whether bodies of the type are taken."""
    media = media_type(content_type)
    return media in _FORMS or is_json(media)


def longest(content_type: str, limit: int) -> int:
    """The bytes that a body of the type may have, where others may have `limit`."""
    return min(limit, FORM_BYTES) if media_type(content_type) in _FORMS else limit


def document_of(content_type: str, body: bytes) -> object:
    """The document. Raises `NotJsonError` with a sentence where the body is none."""
    media = media_type(content_type)
    if media == FORM:
        try:
            return _object(pairs(body.decode()))
        except UnicodeDecodeError:
            raise NotJsonError("the form is not valid UTF-8 text") from None
        except ValueError as error:
            raise NotJsonError(str(error)) from None
    if media == MULTIPART:
        return _object(_parts(content_type, body))
    return decode(body)


def _object(fields: Iterable[tuple[str, str]]) -> dict[str, object]:
    """A field that comes several times is a list."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _parts(content_type: str, body: bytes) -> Iterable[tuple[str, str]]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise NotJsonError("the form has no parts")
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            yield name, content.decode(errors="replace")
