#!/usr/bin/env bash
# A query that is interrupted takes the transaction around it along, and the snapshot with it.
#
# Versions: duckdb 2.0.0.
#
# Behaviour: several SELECTs in one transaction see one state of the tables. Where one of them is
# stopped by `interrupt()`, as by a time limit, every later statement of the transaction fails with
# "Current transaction is aborted", although nothing was written, and the state cannot be had again
# once another connection has committed. `current_transaction_invalidation_policy` does not help: of
# its three values the mildest spares errors of syntax and of names.
#
# Output seen: see the assertions below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install duckdb==2.0.0

cat > "$folder/read.py" <<'PYTHON'
import threading

import duckdb

LONG = "SELECT count(*) FROM t AS a, t AS b WHERE a.i + b.i = 5 AND a.i < b.i * 2 + random()"
POLICIES = (
    "STANDARD_POLICY",
    "ALL_ERRORS_INVALIDATE_TRANSACTION",
    "SYNTACTIC_ERRORS_DO_NOT_INVALIDATE",
)

database = duckdb.connect()
database.execute("CREATE TABLE t AS SELECT range AS i FROM range(3_000_000)")
for policy in POLICIES:
    reader = database.cursor()
    reader.execute("BEGIN")
    reader.execute(f"SET current_transaction_invalidation_policy = '{policy}'")
    (before,) = reader.execute("SELECT count(*) FROM t").fetchone()
    database.execute("INSERT INTO t VALUES (1)")
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (before,)
    timer = threading.Timer(0.3, reader.interrupt)
    timer.start()
    try:
        reader.execute(LONG).fetchall()
        raise AssertionError("it was not interrupted")
    except duckdb.InterruptException:
        pass
    try:
        reader.execute("SELECT count(*) FROM t").fetchall()
        raise AssertionError("the transaction goes on")
    except duckdb.TransactionException as error:
        print(policy, error)
        assert "aborted" in str(error)
    reader.execute("ROLLBACK")
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (before + 1,)
PYTHON
"$folder/venv/bin/python" "$folder/read.py"
