"""Which process has a database file open, as DuckDB's refusal to open it names it."""

import re

_HELD = re.compile(r"Conflicting lock is held .*\(PID (\d+)\)")


def holder(error: Exception) -> int | None:
    """The pid of the process that has the file open; None where that is not what is wrong."""
    found = _HELD.search(str(error))
    return None if found is None else int(found[1])
