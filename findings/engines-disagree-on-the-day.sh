#!/usr/bin/env bash
# DuckDB, chDB (ClickHouse) and polars disagree on the day that one call falls on in one time zone.
#
# Versions: duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0), polars 2.1.0, tzdata 2026.6 (IANA 2026f).
#
# Behaviour: each of them brings its own copy of the time zone rules inside its binary. These are of
# other releases; neither the machine's rules nor the package `tzdata` have an influence on them, and
# only chDB says which it has (2026c). Whoever hands a zone's name to the engine gets the day of the
# engine's release: for four calls at the end of 2026 these three and the newest rules give four
# different answers. Offsets that are worked out once, from one pinned release, are the same in all.
#
# Output seen: see `expected` below. The script fails where it becomes another one, such as with a
# release that brings newer rules.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 chdb==4.4.0 chdb-core==26.9.0 polars==2.1.0 polars-runtime-32==2.1.0 \
    pandas==3.1.1 pyarrow==26.0.1 tzdata==2026.6

cat > "$folder/days.py" <<'PYTHON'
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import chdb
import duckdb
import polars

CALLS = {
    "America/Vancouver": "2026-12-15 07:30:00",
    "America/Winnipeg": "2026-12-15 05:30:00",
    "America/Havana": "2026-12-15 04:30:00",
    "Africa/Casablanca": "2026-10-14 23:30:00",
}


def in_tzdata(zone: str, start: str) -> str:
    call = datetime.fromisoformat(start).replace(tzinfo=UTC)
    return str(call.astimezone(ZoneInfo(zone)).date())


def in_duckdb(zone: str, start: str) -> str:
    text = "SELECT timezone(?, (? || '+00')::TIMESTAMPTZ)::DATE::VARCHAR"
    found = duckdb.execute(text, [zone, start]).fetchone()
    return found[0]


def in_chdb(zone: str, start: str) -> str:
    text = f"SELECT toDate(toDateTime('{start}', 'UTC'), '{zone}')"
    return str(chdb.query(text, "TabSeparated")).strip()


def in_polars(zone: str, start: str) -> str:
    calls = polars.Series([datetime.fromisoformat(start)])
    local = calls.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return local.dt.strftime("%Y-%m-%d")[0]


TOOLS = {"tzdata": in_tzdata, "duckdb": in_duckdb, "chdb": in_chdb, "polars": in_polars}
for zone, start in CALLS.items():
    print(f"{zone}:", ", ".join(f"{tool} {day(zone, start)}" for tool, day in TOOLS.items()))
text = "SELECT value FROM system.build_options WHERE name = 'TZDATA_VERSION'"
print("chdb's rules:", str(chdb.query(text, "TabSeparated")).strip())
PYTHON

# An empty PYTHONTZPATH has Python take the rules of the package, not the machine's.
found=$(PYTHONTZPATH="" "$folder/venv/bin/python" "$folder/days.py")
expected="America/Vancouver: tzdata 2026-12-15, duckdb 2026-12-15, chdb 2026-12-15, polars 2026-12-14
America/Winnipeg: tzdata 2026-12-15, duckdb 2026-12-15, chdb 2026-12-14, polars 2026-12-14
America/Havana: tzdata 2026-12-15, duckdb 2026-12-14, chdb 2026-12-14, polars 2026-12-14
Africa/Casablanca: tzdata 2026-10-14, duckdb 2026-10-14, chdb 2026-10-14, polars 2026-10-15
chdb's rules: 2026c"
echo "$found"
diff <(echo "$expected") <(echo "$found")
echo "As seen."
