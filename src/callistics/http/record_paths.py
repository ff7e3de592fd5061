"""The paths of single records, whose ids may be any text, slashes included."""

from urllib.parse import quote, unquote

_PREFIXES = ("/calls/", "/leads/")
_SEARCH, _OF_RECORDS = "/calls/search", ("GET", "HEAD", "DELETE")
_MARK = "="


def routed(method: str, path: str) -> str:
    """The path that the router is given for one that was sent, decoded.

    The router joins and drops slashes, so the id of a record becomes one part without any. The mark
    before it tells the call `search` from the path of searches.
    """
    prefix = next((one for one in _PREFIXES if path.startswith(one)), None)
    is_search = path == _SEARCH and method not in _OF_RECORDS
    if prefix is None or path == prefix or is_search:
        return path
    return f"{prefix}{_MARK}{quote(path.removeprefix(prefix), safe='')}"


def record_id(part: str) -> str:
    """The id that the last part of such a path stands for."""
    return unquote(part.removeprefix(_MARK))
