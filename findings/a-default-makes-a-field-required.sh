#!/usr/bin/env bash
# Types made of an OpenAPI document require fields that have a default; with a newer compiler none are made.
#
# Versions: openapi-typescript 7.13.0, TypeScript 5.9.3 and 7.0.2.
#
# Behaviour: a property with a `default` that is not in `required` may be left out of a request, and is always there
# in what the server read. openapi-typescript takes the second view of requests too: the property is required, so that
# `{query_type: "call_count"}` does not compile where `page` has the default 1. With `--default-non-nullable=false` it
# is optional. The tool imports the compiler as a library, which TypeScript 7 has no more, and ends at its first line.
#
# Where it would be met: by whoever calls the server from TypeScript. The documentation names the option, and the
# program in the tests pins both versions.
#
# Output seen: see `expected` below. The script fails where it becomes another one. Needs Node.js and npm.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' > package.json
npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 typescript@5.9.3

cat > openapi.json <<'JSON'
{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {},
 "components": {"schemas": {"Q": {"type": "object", "properties": {"page": {"type": "integer", "default": 1}}}}}}
JSON
page() { npx openapi-typescript openapi.json "$@" 2>/dev/null | grep -oE 'page\??: number'; }
usual=$(page)
optional=$(page --default-non-nullable=false)
npm install --silent --no-audit --no-fund --force typescript@7.0.2
newer=$(npx openapi-typescript openapi.json 2>&1 | grep -o TypeError || true)

seen="$usual / $optional / $newer"
expected="page: number / page?: number / TypeError"
echo "$seen"
test "$seen" = "$expected"
