#!/usr/bin/env bash
# pip-audit says "No known vulnerabilities found", exit code 0, where it could look up no package at all.
#
# Version: pip-audit 2.10.1.
#
# Behaviour: a package for whose version the advisory service answers 404 is skipped. It is said on a
# line for a terminal's spinner, and in the JSON report as `skip_reason`; the summary and the exit code are
# those of a clean audit. Behind a mirror of the index that has files but no advisories, that is every
# package. `--strict` ends at the first one instead, also where the others could have been looked up.
#
# Where it would be met: in `make audit`, which therefore counts what was skipped in the report, asks
# another service for it, and warns where nothing was looked up.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install pip-audit==2.10.1

cat > "$folder/requirements.txt" <<EOF
h11==999.0 --hash=sha256:$(printf '0%.0s' $(seq 64))
EOF
cat > "$folder/audit.py" <<'PYTHON'
import json
import subprocess
import sys

command = [sys.executable, "-m", "pip_audit", "--requirement", sys.argv[1], "--require-hashes"]
command += ["--disable-pip", "--format", "json", "--progress-spinner", "off"]
usual = subprocess.run(command, capture_output=True, text=True, check=False)
strict = subprocess.run([*command, "--strict"], capture_output=True, text=True, check=False)
seen = {
    "exit code": usual.returncode,
    "summary": usual.stderr.strip().splitlines()[-1],
    "skipped": ["skip_reason" in one for one in json.loads(usual.stdout)["dependencies"]],
    "exit code with --strict": strict.returncode,
}
expected = {
    "exit code": 0,
    "summary": "No known vulnerabilities found",
    "skipped": [True],
    "exit code with --strict": 1,
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/audit.py" "$folder/requirements.txt"
