"""Looking at a ClickHouse server or cluster without changing it."""

from collections.abc import Iterator

from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.dsn import Address
from callistics.engines.clickhouse.migrate import known
from callistics.engines.diagnosis import (
    Diagnosis,
    ahead_problem,
    figures_of_arrivals,
    seconds_ahead,
)
from callistics.engines.migrations import newer
from callistics.errors import CallisticsError

OLDEST = (25, 8)
"""The oldest release whose JSON columns can do what is asked of them."""
_SECONDS = 10.0
_MANY_PARTS = 300


def diagnose(dsn: str) -> Diagnosis:
    """The server, its version and schema; on a cluster its nodes and macros."""
    try:
        address = Address(dsn)
        client = address.connect(_SECONDS)
    except CallisticsError as error:
        return Diagnosis("ClickHouse", (), (str(error),))
    try:
        note = " (chDB)" if address.in_process else ""
        name = f"ClickHouse {client.server_version}{note}"
        problems = list(_problems(client, address))
        facts, figures = tuple(_facts(client, address)), dict(_figures(client, address))
        return Diagnosis(name, facts, tuple(problems), figures)
    except CallisticsError as error:
        return Diagnosis("ClickHouse", (), (str(error),))
    finally:
        client.close()


def _facts(client: Client, address: Address) -> Iterator[tuple[str, str]]:
    yield "database", address.database
    if address.cluster is not None:
        yield "cluster", address.cluster
    rows = client.query(
        "SELECT table, sum(rows), sum(bytes_on_disk) FROM system.parts "
        "WHERE active AND database = {db:String} GROUP BY table ORDER BY table",
        {"db": address.database},
    ).result_rows
    for table, count, size in rows:
        yield f"{table}, this node", f"{count:,} rows, {size:,} bytes"


def _problems(client: Client, address: Address) -> Iterator[str]:
    version = client.server_version
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        yield f"version {version} is too old: {'.'.join(map(str, OLDEST))} or newer is needed"
    yield from _schema_problems(client, address)
    if address.cluster is not None:
        yield from _cluster_problems(client, address)
    for table, count in client.query(
        "SELECT table, count() FROM system.parts WHERE active AND database = {db:String} "
        "GROUP BY table, partition HAVING count() > {many:UInt32}",
        {"db": address.database, "many": _MANY_PARTS},
    ).result_rows:
        yield f"{table} has {count:,} parts in one partition: merges do not keep up"


def _schema_problems(client: Client, address: Address) -> Iterator[str]:
    if not _has_tables(client, address):
        yield f"database {address.database} has no tables yet: a server makes them"
        return
    ((schema,),) = client.query(
        f"SELECT max(number) FROM {address.quoted_database}.schema_migrations"
    ).result_rows
    yield from newer(known(), int(schema))
    if (ahead := ahead_problem(seconds_ahead(_newest(client, address)))) is not None:
        yield ahead


def _newest(client: Client, address: Address) -> int:
    """The newest time of arrival (µs), 0 where there is none."""
    ((newest,),) = client.query(
        f"SELECT coalesce(max(last), 0) FROM {address.quoted_database}.arrivals"
    ).result_rows
    return int(newest)


def _figures(client: Client, address: Address) -> Iterator[tuple[str, float]]:
    ((free,),) = client.query("SELECT min(free_space) FROM system.disks").result_rows
    yield "disk_free_bytes", float(free)
    if _has_tables(client, address):
        yield from figures_of_arrivals(_newest(client, address)).items()


def _has_tables(client: Client, address: Address) -> bool:
    tables = client.query(
        "SELECT name FROM system.tables WHERE database = {db:String}", {"db": address.database}
    ).result_rows
    return ("schema_migrations",) in [tuple(row) for row in tables]


def _cluster_problems(client: Client, address: Address) -> Iterator[str]:
    nodes = client.query(
        "SELECT host_name, errors_count FROM system.clusters WHERE cluster = {name:String}",
        {"name": address.cluster},
    ).result_rows
    if not nodes:
        yield f"the server knows no cluster {address.cluster}"
    for host, errors in nodes:
        if errors:
            yield f"node {host} does not answer this one ({errors} errors lately)"
    macros = {str(row[0]) for row in client.query("SELECT macro FROM system.macros").result_rows}
    for macro in sorted({"shard", "replica"} - macros):
        yield f"the server has no macro {{{macro}}}"
    for table, reason in client.query(
        "SELECT table, zookeeper_exception FROM system.replicas "
        "WHERE database = {db:String} AND is_readonly",
        {"db": address.database},
    ).result_rows:
        yield f"{table} is read-only on this node: {reason or 'its keeper is out of reach'}"
