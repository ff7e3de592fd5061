"""The longest text of a record and of a setting; what names are, and how things are said."""

import re
from urllib.parse import quote

MAX_TEXT = 1_024
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What stays as it is before the query of an address; a hash is part of a name there.
_KEPT = "%:/@+=,;!$&'()*~[]"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def limited(text: str) -> str:
    """The text. Raises `ValueError` if it is longer than `MAX_TEXT` characters."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT:,} characters")
    return text


def is_one_line(text: str) -> bool:
    """Whether a text has no line breaks, and nothing else that a terminal or a mail acts upon."""
    return _CONTROLS.search(text) is None


def counted(number: int, what: str) -> str:
    """A number with the noun that it counts, given in its singular: `1 call`, `2,000 calls`."""
    plural = what if number == 1 else what[:-1] + "ies" if what.endswith("ry") else what + "s"
    return f"{number:,} {plural}"


def install(extra: str) -> str:
    """How to install what an extra brings: the package is on no index, only in its checkout."""
    return f"pip install '.[{extra}]' in a checkout of Callistics"


def quoted_address(text: str) -> str:
    """An address of a bucket with its name quoted as far as it is not: `s3://a/b c` as `b%20c`."""
    name, mark, query = text.partition("?")
    return quote(_LONE_PERCENT.sub("%25", name), safe=_KEPT) + mark + query
