"""What the commits before have left: their times, and rows of one that was cut off."""

from callistics.engines.clickhouse.connection import Client

# A commit ends with the newest arrival of its records, which is no older than its rows.
_NEWER = (
    "SELECT merchant_id, lead_id FROM {table} "
    "WHERE version > (SELECT coalesce(max(last), 0) FROM arrivals)"
)


def newest_commit(client: Client) -> int:
    """The newest time (µs) that a commit has left."""
    ((last,),) = client.query(
        "SELECT greatest((SELECT coalesce(max(last), 0) FROM arrivals),"
        " (SELECT coalesce(max(version), 0) FROM access_keys),"
        " (SELECT coalesce(max(version), 0) FROM token_secret),"
        " (SELECT coalesce(max(version), 0) FROM webhook_endpoints),"
        " (SELECT coalesce(max(version), 0) FROM alert_rows))"
    ).result_rows
    return int(last)


def unfinished_leads(client: Client) -> list[tuple[str, str]]:
    """The leads (merchant, lead) that the rows of a commit which did not end may be wrong about.

    Among them are those of commits without records, such as erasures, if they were the last ones.
    """
    of_each = (_NEWER.format(table=table) for table in ("leads", "calls"))
    rows = client.query(" UNION DISTINCT ".join(of_each)).result_rows
    return [(str(merchant), str(lead)) for merchant, lead in rows]
