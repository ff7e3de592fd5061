"""Words that platforms have for the members of closed lists."""

import tomllib
from collections.abc import Mapping
from importlib import resources

_PACKAGE = "callistics.mapping"


def _read() -> Mapping[str, Mapping[str, str]]:
    text = resources.files(_PACKAGE).joinpath("words.toml").read_text(encoding="utf-8")
    return {
        name: {word.casefold(): one["is"] for one in rows for word in one["words"]}
        for name, rows in tomllib.loads(text).items()
    }


KNOWN = _read()
"""By field, then by the word in lower case: the member that it stands for."""
