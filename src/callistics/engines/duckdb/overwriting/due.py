"""That something is to be overwritten, as it is stored: it outlives the process."""

from callistics.engines.duckdb.statement_cache import StatementCache


def note_erased(statements: StatementCache, now: int) -> None:
    """Note, in a transaction of an instant (µs), that it leaves what is to be overwritten."""
    statements.execute("INSERT INTO overwriting_due VALUES (?)", [now])
