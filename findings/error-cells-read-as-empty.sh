#!/usr/bin/env bash
# A cell of Excel with an error is read as an empty one, and rows are counted from the first of the sheet
# while columns are counted from the first that is used.
#
# Versions: python-calamine 0.9.1, XlsxWriter 3.3.1.
#
# Behaviour: `#DIV/0!` and the like come as '', as cells do in which there is nothing. `iter_rows` gives
# empty rows for those above the first that is used, but leaves out the columns before it; `to_python`
# leaves out both. Whole numbers come as floats.
#
# Where it would be met: in imports of workbooks. The number of a row is that which Excel shows, as it is
# counted over `iter_rows`; whole numbers are made whole again, so that the id 42 is not "42.0".
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    python-calamine==0.9.1 XlsxWriter==3.3.1

cat > "$folder/sheet.py" <<'PYTHON'
import sys

import xlsxwriter
from python_calamine import CalamineWorkbook

name = sys.argv[1]
with xlsxwriter.Workbook(name) as book:
    sheet = book.add_worksheet()
    sheet.write_row(2, 1, ["id", "rate"])
    sheet.write(3, 1, 42)
    sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")

read = CalamineWorkbook.from_path(name).get_sheet_by_index(0)
seen = {"start": read.start, "iter_rows": list(read.iter_rows()), "to_python": read.to_python()}
expected = {
    "start": (2, 1),
    "iter_rows": [["", ""], ["", ""], ["id", "rate"], [42.0, ""]],
    "to_python": [["id", "rate"], [42.0, ""]],
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/sheet.py" "$folder/calls.xlsx"
