"""Fetching what issuers of tokens publish."""

import time
from http import HTTPStatus

import httpx

_TIMEOUT, _LONGEST = 5.0, 15.0
_MAX_BYTES = 1 << 18


def fetch(url: str) -> bytes:
    """The body at an address. Raises `httpx.HTTPError`, `ValueError`; follows no redirection."""
    ends = time.monotonic() + _LONGEST
    found = bytearray()
    with httpx.stream("GET", url, timeout=_TIMEOUT) as response:
        if response.status_code != HTTPStatus.OK:
            raise ValueError(f"answered {response.status_code}")
        for piece in response.iter_bytes():
            found += piece
            if len(found) > _MAX_BYTES:
                raise ValueError(f"is larger than {_MAX_BYTES:,} bytes")
            if time.monotonic() > ends:
                raise ValueError(f"took longer than {_LONGEST:g} seconds")
    return bytes(found)
