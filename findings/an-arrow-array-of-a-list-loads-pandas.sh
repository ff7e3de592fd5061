#!/usr/bin/env bash
# The first Arrow array that is made of a list loads pandas, wherever that is installed.
#
# Versions: pyarrow 26.0.1, pandas 3.1.1, Python 3.11.
#
# Behaviour: `import pyarrow` loads no pandas. The first `pa.array` of a Python list, or `pa.scalar` of a
# number, asks whether its argument is a Series, and loads pandas to find out. It then stays loaded. To set `sys.modules["pandas"] = None`, which makes Python's own
# `import` fail, does not help: there the list is refused with an AttributeError.
#
# Where it would be met: a server or a command that has nothing to do with pandas starts half a second
# later and takes some 45 MB more on a machine where somebody installed it for a notebook. Here a finder
# that comes first says of pandas that it is not there.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install pyarrow==26.0.1 pandas==3.1.1
cd "$folder"

cat > loaded.py <<'PYTHON'
import sys

import pyarrow as pa

before = "pandas" in sys.modules
pa.array([1, 2, 3])
print(f"import: {before}, list: {'pandas' in sys.modules}")
PYTHON

cat > nothing.py <<'PYTHON'
import sys

sys.modules["pandas"] = None
import pyarrow as pa

try:
    print(pa.array([1]))
except Exception as error:
    print(type(error).__name__)
PYTHON

seen=$("$folder/venv/bin/python" loaded.py; "$folder/venv/bin/python" nothing.py)
expected="import: False, list: True
AttributeError"
echo "$seen"
[ "$seen" = "$expected" ]
