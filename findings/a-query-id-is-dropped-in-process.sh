#!/usr/bin/env bash
# The id that a query is given is dropped without a word where ClickHouse's driver runs chDB in process.
#
# Version: clickhouse-connect 1.12.0 with chdb 4.4.0.
#
# Behaviour: over HTTP `settings={"query_id": ...}` names a query, so that KILL QUERY WHERE query_id = ... ends
# it. The same client in process takes the setting and runs the query under an id of its own: KILL QUERY
# finds nothing, says nothing, and the query goes on. Settings that are of the engine itself are passed on in
# both: `log_comment` is a name that KILL QUERY finds everywhere.
#
# Where it would be met: by whoever ends the statement of a client that has gone, and tries it in process.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    clickhouse-connect==1.12.0 chdb==4.4.0 chdb-core==26.9.0

cat > "$folder/named.py" <<'PYTHON'
import os
import threading

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError

LONG = "SELECT sum(cityHash64(number)) FROM numbers(1000000000000)"
RUNNING = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT sum(cityHash64%'"
ONE = "SELECT query_id = 'mine' FROM system.processes WHERE query LIKE '%system.processes%'"

asking, ending = (clickhouse_connect.get_client(dsn="chdb://memory") for _ in range(2))
named = ending.query(ONE, settings={"query_id": "mine"}).result_rows[0][0]
print("the query has the id it was given:", bool(named))
told = []


def ask() -> None:
    try:
        asking.query(LONG, settings={"query_id": "mine", "log_comment": "mine"})
    except DatabaseError as error:
        told.append("QUERY_WAS_CANCELLED" in str(error))


thread = threading.Thread(target=ask)
thread.start()
while not ending.query(RUNNING).result_rows[0][0]:
    pass
for condition in ("query_id = 'mine'", "Settings['log_comment'] = 'mine'"):
    ((found,),) = ending.query(f"SELECT count() FROM system.processes WHERE {condition}").result_rows
    ending.command(f"KILL QUERY WHERE {condition} ASYNC")
    print(condition, "finds", found)
thread.join(60)
print("it was cancelled:", told)
os._exit(0 if not thread.is_alive() else 1)
PYTHON

expected="the query has the id it was given: False
query_id = 'mine' finds 0
Settings['log_comment'] = 'mine' finds 1
it was cancelled: [True]"

found=$("$folder/venv/bin/python" -u "$folder/named.py")
echo "$found"
if [ "$found" != "$expected" ]; then
    echo "the behaviour has changed" >&2
    exit 1
fi
