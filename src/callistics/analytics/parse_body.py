"""From the bytes of a body to the JSON object that it is."""

from collections.abc import Mapping

from callistics.errors import Refused, malformed
from callistics.model.json import NotJsonError, as_object, decode

Object = Mapping[str, object]


def read_object(body: bytes) -> Object:
    """The JSON object that a body is. Raises `Refused`."""
    try:
        decoded = decode(body)
    except NotJsonError as error:
        raise Refused([malformed("", str(error))]) from None
    given = as_object(decoded)
    if given is None:
        raise Refused([malformed("", "the body must be a JSON object", decoded)])
    return given
