#!/usr/bin/env bash
# Python's zoneinfo takes the time zone rules of the machine, not those of a newer pinned tzdata.
#
# Versions: Python 3.11.7, tzdata 2026.6 (IANA 2026f) in the environment; the machine's rules are
# played by those of tzdata 2025.2 (IANA 2025b, what Debian 12 has), in a folder that zoneinfo
# searches as it searches /usr/share/zoneinfo.
#
# Behaviour: `ZoneInfo(key)` goes through `zoneinfo.TZPATH` first and asks the package `tzdata` only
# for what is not found there. Where the machine's rules are older than a change of the law, a pinned
# tzdata does not help: the days of calls are wrong, and there is no warning. `PYTHONTZPATH=` (empty),
# or `ZoneInfo.from_file` on the files of the package, takes the package's rules.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
pip() { "$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
pip install tzdata==2026.6
pip install --no-deps --target "$folder/machine" tzdata==2025.2

cat > "$folder/days.py" <<'PYTHON'
from datetime import UTC, datetime
from importlib import metadata, resources
from zoneinfo import ZoneInfo

CALLS = {
    "America/Vancouver": "2026-12-15T07:30",
    "America/Winnipeg": "2026-12-15T05:30",
    "America/Havana": "2026-12-15T04:30",
    "Africa/Casablanca": "2026-10-14T23:30",
}
print("installed: tzdata", metadata.version("tzdata"))
for name, start in CALLS.items():
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        package = ZoneInfo.from_file(file)
    call = datetime.fromisoformat(start).replace(tzinfo=UTC)
    by_name, by_file = (str(call.astimezone(zone).date()) for zone in (ZoneInfo(name), package))
    print(f"{name}: ZoneInfo(key) {by_name}, file of the package {by_file}")
PYTHON

days() { "$folder/venv/bin/python" "$folder/days.py"; }
found=$(
    echo "machine with 2025b:"
    PYTHONTZPATH="$folder/machine/tzdata/zoneinfo" days
    echo "machine without rules:"
    PYTHONTZPATH="" days
)
expected='machine with 2025b:
installed: tzdata 2026.6
America/Vancouver: ZoneInfo(key) 2026-12-14, file of the package 2026-12-15
America/Winnipeg: ZoneInfo(key) 2026-12-14, file of the package 2026-12-15
America/Havana: ZoneInfo(key) 2026-12-14, file of the package 2026-12-15
Africa/Casablanca: ZoneInfo(key) 2026-10-15, file of the package 2026-10-14
machine without rules:
installed: tzdata 2026.6
America/Vancouver: ZoneInfo(key) 2026-12-15, file of the package 2026-12-15
America/Winnipeg: ZoneInfo(key) 2026-12-15, file of the package 2026-12-15
America/Havana: ZoneInfo(key) 2026-12-15, file of the package 2026-12-15
Africa/Casablanca: ZoneInfo(key) 2026-10-14, file of the package 2026-10-14'
echo "$found"
diff <(echo "$expected") <(echo "$found")
echo "As seen."
