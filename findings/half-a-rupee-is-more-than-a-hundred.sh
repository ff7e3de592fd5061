#!/usr/bin/env bash
# 0.5 is more than 100 in a VARIANT that was made of JSON, and 1 and 1.0 are two values of it.
#
# Versions: duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0), Python 3.11.
#
# Behaviour: a VARIANT keeps each number with the type that it had. DuckDB compares whole numbers and decimals of it as
# numbers, so that 1 equals 1.0 written in SQL; a DOUBLE is greater than all of these. JSON's numbers with a point are
# DOUBLEs: 100 is less than 9.5 and than 0.5, 1 and 1.0 are unequal and two groups, and `max` and ORDER BY follow.
# ClickHouse's JSON type groups 1 and 1.0 apart as well, and shows them as the same text.
#
# Where it would be met: in payloads of calls whose amounts are whole for one call and not for another, as most encoders
# write 100 for the one and 9.5 for the other. Payloads are stored as canonical text here, with keys to order by.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 chdb==4.4.0 chdb-core==26.9.0 pandas==3.1.1 pyarrow==26.0.1

cat > "$folder/amounts.py" <<'PYTHON'
import chdb
import duckdb


def payloads(*amounts: str) -> str:
    return ", ".join(f"""('{{"amount":{amount}}}')""" for amount in amounts)


def read(select: str, *amounts: str) -> object:
    value = "variant_extract(payload::JSON::VARIANT, 'amount')"
    rows = f"SELECT {value} AS amount FROM (VALUES {payloads(*amounts)}) AS calls(payload)"
    return duckdb.execute(f"SELECT {select} FROM ({rows})").fetchone()[0]


for type_ in ("DECIMAL(2, 1)", "DOUBLE"):
    equal = duckdb.execute(f"SELECT 1::VARIANT = 1.0::{type_}::VARIANT").fetchone()[0]
    print(f"of {type_}, 1 = 1.0: {equal}")
print("of JSON, 1 = 1.0:", read("min(amount) = max(amount)", "1", "1.0"))
print("of JSON, different ones of 1, 1.0:", read("count(DISTINCT amount)", "1", "1.0"))
print("of JSON, greatest of 100, 9.5:", read("max(amount)::VARCHAR", "100", "9.5"))
print("of JSON, in order:", read("list(amount::VARCHAR ORDER BY amount)", "100", "9.5", "-5", "0.5", "9"))
rows = f"SELECT CAST(payload AS JSON).amount AS amount FROM VALUES('payload String', {payloads('1', '1.0')})"
text = f"SELECT toString(amount), dynamicType(amount), count() FROM ({rows}) GROUP BY 1, 2 ORDER BY 2"
print("ClickHouse, groups of 1, 1.0:", str(chdb.query(text, "CSV")).split())
PYTHON

found=$("$folder/venv/bin/python" "$folder/amounts.py")
expected="of DECIMAL(2, 1), 1 = 1.0: True
of DOUBLE, 1 = 1.0: False
of JSON, 1 = 1.0: False
of JSON, different ones of 1, 1.0: 2
of JSON, greatest of 100, 9.5: 9.5
of JSON, in order: ['-5', '9', '100', '0.5', '9.5']
ClickHouse, groups of 1, 1.0: ['\"1\",\"Float64\",1', '\"1\",\"Int64\",1']"
echo "$found"
diff <(echo "$expected") <(echo "$found")
echo "As seen."
