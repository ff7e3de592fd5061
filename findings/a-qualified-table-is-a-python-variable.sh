#!/usr/bin/env bash
# A table that is missing is read from a variable of the Python caller, also where the name says in which
# schema, or in which attached database, or in one that nobody attached.
#
# Versions: duckdb 2.0.0, pyarrow 26.0.1.
#
# Behaviour: where the catalogue has no table of a name, the Python package looks for a variable of that
# name in the frames of the caller. The documentation shows this for bare names. It looks at the last part
# of a name alone: `tenant_a.calls`, `archive.main.calls` and `nowhere.main.calls` are all answered from a
# local `calls`, though the schema is empty and no database `nowhere` is attached. A function of that name
# is an error of another class than that of a missing table. With the setting python_enable_replacements
# turned off each of these is a CatalogException.
#
# Where it would be met: a server with a schema or a file for each tenant, whose code has a variable
# `calls`: a tenant without the table is told another's rows. And in checks that take a CatalogException
# as "no such table".
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install duckdb==2.0.0 pyarrow==26.0.1

cat > "$folder/named.py" <<'PYTHON'
import duckdb
import pyarrow

NAMES = ("calls", "tenant_a.calls", "archive.main.calls", "nowhere.main.calls", "leads")


def answers(**config: object) -> dict[str, object]:
    """The number of rows of each name, or the class of the error."""
    calls = pyarrow.table({"call_id": ["a", "b", "c"]})

    def leads() -> None:
        """Not a table at all."""

    assert calls and leads
    connection = duckdb.connect(config=dict(config))
    connection.execute("CREATE SCHEMA tenant_a")
    connection.execute("ATTACH ':memory:' AS archive")
    found: dict[str, object] = {}
    for name in NAMES:
        try:
            found[name] = connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        except duckdb.Error as error:
            found[name] = type(error).__name__
    return found


seen = {"as installed": answers(), "turned off": answers(python_enable_replacements=False)}
expected = {
    "as installed": {**dict.fromkeys(NAMES[:4], 3), "leads": "InvalidInputException"},
    "turned off": dict.fromkeys(NAMES, "CatalogException"),
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/named.py"
