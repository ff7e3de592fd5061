"""A webhook as it came, for those that check its signature."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from callistics.model.media_types import media_type

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FORM_BYTES, MOST_FIELDS = 1 << 20, 1_000
"""So long a form may be, and so many fields it may have: far more than any platform sends."""
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Received:
    """A request: its headers by names in lower case, and its body as it came.

    `url` is the address as the platform was told it, with its query; `at` is when it came, in
    seconds since 1970.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    at: float = field(default_factory=time.time)

    def header(self, name: str) -> str:
        """A header, empty where it was not sent."""
        return self.headers.get(name, "")

    @property
    def form(self) -> Pairs:
        """The fields of a form, as they came; none where the body is something else.

        Raises `ValueError` as `pairs` does.
        """
        media = media_type(self.header("content-type"))
        return pairs(self.body.decode(errors="replace")) if media == FORM else []

    @property
    def query(self) -> Pairs:
        """The parameters of the address. Raises `ValueError` as `pairs` does."""
        return pairs(urlsplit(self.url).query)


def pairs(text: str) -> Pairs:
    """The names and values of a form's text, blank ones too.

    Raises `ValueError` where there are more than `MOST_FIELDS`.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ValueError(f"a form has more than {MOST_FIELDS:,} fields") from None
