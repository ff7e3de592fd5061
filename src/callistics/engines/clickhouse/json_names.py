"""What stands inside JSON columns: any key of a payload as a plain identifier, texts as texts."""

import re
from functools import lru_cache

MARK = 1
"""How many characters stand before each text."""
_ODD = re.compile(rb"[^A-Za-z0-9]")


@lru_cache(maxsize=4096)
def json_name(key: str) -> str:
    """The path that stands for a key: `k` and the key, odd bytes of its UTF-8 as `_hh`.

    ClickHouse takes dots in a path for nesting and has no quoting that holds for every key.
    """
    plain = _ODD.sub(lambda found: b"_%02x" % found[0][0], key.encode())
    return "k" + plain.decode()


def json_text(text: str) -> str:
    """A text with a mark before it: ClickHouse would keep `2021-10-31` as a date, not as a text."""
    return "=" + text
