#!/usr/bin/env bash
# A moment that ClickHouse's driver has read is another one once the same driver has written it back.
#
# Version: clickhouse-connect 1.12.0 with chdb 4.4.0.
#
# Behaviour: a column of DateTime64 in UTC is read as datetimes without a zone that are in UTC (`tz_mode`,
# "naive_utc"). `insert` takes datetimes without a zone to be the machine's time (`naive_datetime_insert`, "local"),
# so that each reading and writing moves a call by the machine's offset. `insert_arrow` and `insert_df` take the same
# datetime to be UTC, and so does a parameter of a query, which therefore does not find what `insert` has stored. On a
# machine whose zone is UTC, as in most containers, nothing moves.
#
# Where it would be met: in a script that corrects rows on a desk, and has passed its tests in a container. Here
# rows go to the engine as Arrow tables alone.
#
# Output seen: see `expected` below. The script fails where it becomes another one. The machine's zone is played by
# TZ, for which it needs rules of time zones.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    clickhouse-connect==1.12.0 chdb==4.4.0 chdb-core==26.9.0 pandas==3.1.1 pyarrow==26.0.1

cat > "$folder/moments.py" <<'PYTHON'
from datetime import datetime

import clickhouse_connect
import pandas as pd
import pyarrow as pa

client = clickhouse_connect.get_client(dsn="chdb://memory")
client.command("CREATE TABLE calls (at DateTime64(3, 'UTC')) ENGINE = Memory")


def stored(write, at):
    client.command("TRUNCATE TABLE calls")
    write(at)
    return client.query("SELECT at FROM calls").result_rows[0][0]


def rows(at):
    client.insert("calls", [[at]], column_names=["at"])


def arrow(at):
    client.insert_arrow("calls", pa.table({"at": [at]}))


def frame(at):
    client.insert_df("calls", pd.DataFrame({"at": [at]}))


ten = datetime(2026, 7, 1, 10)
once = stored(rows, ten)
found = "SELECT count() FROM calls WHERE at = {at:DateTime64(3, 'UTC')}"
seen = {
    "insert": f"{once:%H:%M}",
    "found by a parameter": client.query(found, parameters={"at": ten}).result_rows[0][0],
    "insert of what was read": f"{stored(rows, once):%H:%M}",
    "insert_arrow": f"{stored(arrow, ten):%H:%M}",
    "insert_df": f"{stored(frame, ten):%H:%M}",
}
expected = {
    "insert": "08:00",
    "found by a parameter": 0,
    "insert of what was read": "06:00",
    "insert_arrow": "10:00",
    "insert_df": "10:00",
}
print(seen)
assert seen == expected
PYTHON
TZ=Europe/Berlin "$folder/venv/bin/python" "$folder/moments.py"
