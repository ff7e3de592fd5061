#!/usr/bin/env bash
# A line of zeros hangs at half the height of a picture, as if it were a figure.
#
# Version: vega-lite 6 and vega 6.2.0, as vl-convert-python 1.9.0.post1 carries them.
#
# Behaviour: a linear scale whose data are all zero has the domain [0, 0], also with `"zero": true`.
# Every value then lies in the middle of the range: a line, the place of a bar and of the number behind
# it, and of colours the middle one. With a domain that is united with a tiny number, zero lies at the
# beginning.
#
# Where it would be met: in pictures of a filter that matches little, such as no cost or no success at
# all. Here every scale from zero is united with a billionth.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install vl-convert-python==1.9.0.post1
cd "$folder"

cat > zero.py <<'PYTHON'
import re

import vl_convert


def heights(**scale):
    spec = {
        "width": 100,
        "height": 200,
        "data": {"values": [{"day": 1, "calls": 0}, {"day": 2, "calls": 0}]},
        "mark": "line",
        "encoding": {
            "x": {"field": "day", "type": "ordinal"},
            "y": {"field": "calls", "type": "quantitative", "scale": {"zero": True, **scale}},
        },
    }
    path = re.search(r'mark-line[^>]*><path[^>]* d="([^"]+)"', vl_convert.vegalite_to_svg(spec))
    return [float(y) for y in re.findall(r",([\d.]+)", path[1])]


print({"of zeros": heights(), "with a billionth": heights(domain={"unionWith": [0, 1e-9]})})
PYTHON

seen=$("$folder/venv/bin/python" zero.py)
expected="{'of zeros': [100.0, 100.0], 'with a billionth': [200.0, 200.0]}"
echo "$seen"
[ "$seen" = "$expected" ]
