#!/usr/bin/env bash
# What a signal's handler raises while DuckDB runs a statement is dropped: a RuntimeError comes in its place.
#
# Versions: duckdb 2.0.0, Python 3.11.
#
# Behaviour: the statement looks for signals now and then, and ends. But neither the KeyboardInterrupt of
# Ctrl-C, nor the SystemExit or another exception that a handler of SIGTERM raised, reaches who called it: the
# error is `RuntimeError: Query interrupted`, without a cause or a context. It is no `duckdb.Error` either, as
# `InterruptException` is, which `interrupt()` leads to.
#
# Where it would be met: an import or a restore that takes minutes, and is stopped. `except KeyboardInterrupt`
# and `except duckdb.Error` both miss it, and the exit code is that of a fault. A handler has to note that it
# was called.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install duckdb==2.0.0

cat > "$folder/stopped.py" <<'PYTHON'
import os
import signal
import threading
import time

import duckdb

LONG = "SELECT sum(sqrt(a.range * b.range)) FROM range(20000) AS a, range(20000) AS b"


class Terminated(BaseException):
    pass


def terminate(number, frame):
    raise Terminated


signal.signal(signal.SIGTERM, terminate)


def ended(name, run):
    number = getattr(signal, name)
    threading.Timer(0.5, os.kill, (os.getpid(), number)).start()
    try:
        run()
    except BaseException as error:  # whatever it is
        is_duckdb = isinstance(error, duckdb.Error)
        print(name, type(error).__name__, error, error.__cause__, error.__context__, is_duckdb)


ended("SIGINT", lambda: time.sleep(5))
ended("SIGTERM", lambda: time.sleep(5))
connection = duckdb.connect()
ended("SIGINT", lambda: connection.execute(LONG).fetchall())
ended("SIGTERM", lambda: connection.execute(LONG).fetchall())
threading.Timer(0.5, connection.interrupt).start()
try:
    connection.execute(LONG).fetchall()
except duckdb.Error as error:
    print("interrupt()", type(error).__name__)
PYTHON

cat > "$folder/expected" <<'TEXT'
SIGINT KeyboardInterrupt  None None False
SIGTERM Terminated  None None False
SIGINT RuntimeError Query interrupted None None False
SIGTERM RuntimeError Query interrupted None None False
interrupt() InterruptException
TEXT

timeout 120 "$folder/venv/bin/python" "$folder/stopped.py" > "$folder/output"
cat "$folder/output"
diff "$folder/expected" "$folder/output"
