"""That something is to be overwritten, as it is stored: it outlives the process."""

from callistics.engines.duckdb.statement_cache import StatementCache


def note_erased(statements: StatementCache, now: int) -> None:
    """Note, in a transaction of an instant (µs), that it leaves what is to be overwritten.

    It is later than what is noted already, whatever the clock says: that may be done just now, and
    is then forgotten with all that is older.
    """
    later = "greatest(?::BIGINT, coalesce(max(since) + 1, 0))"
    statements.execute(f"INSERT INTO overwriting_due SELECT {later} FROM overwriting_due", [now])
