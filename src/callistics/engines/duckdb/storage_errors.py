"""Which errors of the engine are the disk's, and how people are told."""

import duckdb

from callistics.errors import StorageFailed, Unavailable

_OF_STORAGE = (duckdb.FatalException, duckdb.InternalException, duckdb.IOException)
_COMMIT = "Failed to commit"
# What the operating system says (strerror), and what it comes to.
_CAUSES = {
    "No space left on device": "the disk is full",
    "Disk quota exceeded": "the disk is full: its quota is used up",
    "File too large": "the database has reached the largest size that a file may have",
    "Read-only file system": "the disk can only be read",
    "Permission denied": "the database's files may not be written",
    "Input/output error": "the disk does not work: it reports an input/output error",
}
_OTHERWISE = "the database failed and is being opened again"
_DAMAGED = "the database file is damaged, and a backup of it is needed"
_FAILED = "the query could not be answered: "
_SPILLED = "the query needs more memory than it may use, or more room to spill to than the disk has"


def is_of_storage(error: duckdb.Error | OSError) -> bool:
    """Whether an error may be the disk's: of a commit, any may."""
    return isinstance(error, (OSError, *_OF_STORAGE)) or (
        isinstance(error, duckdb.TransactionException) and _COMMIT in str(error)
    )


def is_damaged(error: BaseException) -> bool:
    """Whether the engine says that a block of a database is not what was written."""
    return "Corrupt database file" in f"{error}{error.__cause__}"


def sentence_of(error: Exception) -> str:
    """What the disk's error comes to, without a path or an internal word."""
    if is_damaged(error):
        return _DAMAGED
    said = said_by_system(error)
    return _OTHERWISE if said is None else _CAUSES[said]


def said_by_system(error: Exception) -> str | None:
    """What the operating system said of the disk (strerror); None where that is not known."""
    text = str(error)
    return next((said for said in _CAUSES if said in text), None)


def while_reading(error: duckdb.Error) -> Exception:
    """What is answered to a query that failed for want of memory or of a disk that works."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return Unavailable(_SPILLED)
    return StorageFailed(_FAILED + sentence_of(error)) if is_of_storage(error) else error
