"""Finding stored rows by their ids.

There is no index: keeping one up makes writing many times slower. Beside each id stands a number
made of it, and a look-up scans that one narrow column instead of the texts; then the ids of the few
rows it gives are compared (docs/decisions/writing.md).
"""

KEY_BITS = 40
"""Of a number: so many that hardly one of 100 million others is taken for one of thousands wanted.

Such a one costs far more than its row, as each column is unpacked around it; with 32 bits there
were hundreds, all over the table.
"""

_KEYS = {"call_id": "call_key", "lead_id": "lead_key"}

_TIMES = ("started_at", "ended_at", "created_at", "first_seen", "updated_at")


def keys(*id_columns: str) -> str:
    """The numbers of ids, as select items: bits of their MD5, the same in every version."""
    return ", ".join(
        f"md5_number_lower({column}) >> {64 - KEY_BITS} AS {_KEYS[column]}" for column in id_columns
    )


def rows(table: str, id_column: str, wanted: str) -> str:
    """A SELECT of the rows, and their places as `place`, whose number is that of a wanted id.

    `wanted` is a relation with the id column. Nearly all of the rows are wanted ones; whoever reads
    them compares the ids, which costs less than having the engine do it.
    """
    key = _KEYS[id_column]
    return (
        f"SELECT t.rowid AS place, t.* FROM {table} AS t WHERE t.rowid IN ("
        f"SELECT k.rowid FROM {table} AS k"
        f" SEMI JOIN (SELECT {keys(id_column)} FROM {wanted}) AS w USING ({key}))"
    )


def merchants(table: str, id_column: str, wanted: str) -> str:
    """A SELECT of (id, merchant_id) of the rows that have an id, whoever's they are."""
    return (
        f"SELECT {id_column}, merchant_id FROM ({rows(table, id_column, wanted)})"
        f" SEMI JOIN {wanted} USING ({id_column})"
    )


def plain(column: str, prefix: str = "") -> str:
    """A column as a select item that Python gets no objects of time for: µs since 1970."""
    name = prefix + column
    if column in _TIMES:
        return f"epoch_us({name}) AS {column}"
    if column == "events":
        packed = "struct_pack(status := e.status, since := epoch_us(e.since))"
        return f"list_transform({name}, lambda e: {packed}) AS {column}"
    return name
