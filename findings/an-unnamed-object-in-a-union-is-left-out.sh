#!/usr/bin/env bash
# A Python client made of an OpenAPI document leaves out models that hold an object without a name, and succeeds.
#
# Version: openapi-python-client 0.29.1.
#
# Behaviour: `Target` is one of several shapes and refers to one that stands further down, or is written in place, and
# that shape has an object inside without a name of its own. The tool goes over it more than once; from the second time
# on the inner object has a name that is taken, and is removed with all that holds it or refers to it. The exit code is
# 0. Written in place, `order.py` is there and imports a model that is not; by name, no model is left at all. Where the
# inner object is a component of its own too, all are made.
#
# Where it would be met: by whoever makes a client of a document with filters or targets written in place. Ours gives
# each object of a union, and what is inside it, a name; a test looks at all of them.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1 2>/dev/null

# The names of the models that are made, given those beside `Order`.
models() {
    local order='"Order": {"type": "object", "properties": {"target": {"$ref": "#/components/schemas/Target"}}}'
    local head='{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": '
    echo "$head{$order, $1}}}" > openapi.json
    rm -rf out
    local code=0
    venv/bin/openapi-python-client generate --path openapi.json --output-path out --meta none >/dev/null 2>&1 || code=$?
    echo "exit $code, models: $(cd out/models && ls | sed -n 's/^\([a-z].*\).py$/\1/p' | paste -sd' ' | sed "s|^$|none|")"
}
text='{"type": "object", "properties": {"to": {"type": "string"}}}'
holding() { echo "{\"type\": \"object\", \"properties\": {\"mail\": $1}}"; }
at() { echo "{\"\$ref\": \"#/components/schemas/$1\"}"; }

{
    models "\"Target\": {\"anyOf\": [$(holding "$text")]}"
    models "\"Target\": {\"anyOf\": [$(at ByMail)]}, \"ByMail\": $(holding "$text")"
    models "\"Target\": {\"anyOf\": [$(at ByMail)]}, \"ByMail\": $(holding "$(at Mail)"), \"Mail\": $text"
} > seen
cat > expected <<'TEXT'
exit 0, models: order target_type_0_mail
exit 0, models: none
exit 0, models: by_mail mail order
TEXT
cat seen
diff expected seen
