#!/usr/bin/env bash
# Structured content of the Model Context Protocol loses the digits of decimals in the Python SDK.
#
# Version: mcp 2.3.0 (pydantic 2).
#
# Behaviour: `structured_content` is a Python value on either side. A server that puts a Decimal into it
# sends a JSON text, no number, so that an output schema of type number no longer holds; one that puts a
# float into it has rounded before. A client that is sent a JSON number of more digits than a double has
# gives a rounded float. The text in `content` comes as it was written. The other way round, an argument
# that is infinite is sent as null by the client, and a server reads `1e999` and `NaN`, which is no JSON,
# as infinite and NaN without an error.
#
# Where it would be met: in `callistics mcp`. Its tools answer with text alone, and refuse arguments with
# numbers that are not finite; written on as null such a filter would be left out.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install mcp==2.3.0

cat > "$folder/server.py" <<'PYTHON'
import json
from decimal import Decimal

import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

COST = "999999999999.123456"


async def list_tools(context, params):
    return types.ListToolsResult(tools=[types.Tool(name="cost", input_schema={"type": "object"})])


async def call_tool(context, params):
    text = json.dumps({"cost": 0, "got": repr(params.arguments)}).replace(" 0", f" {COST}")
    content = [types.TextContent(type="text", text=text)]
    return types.CallToolResult(content=content, structured_content={"cost": Decimal(COST)})


async def main():
    server = Server("cost", on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


anyio.run(main)
PYTHON

cat > "$folder/client.py" <<'PYTHON'
import json
import sys

import anyio
from mcp import Client, StdioServerParameters, types


async def ask():
    async with Client(StdioServerParameters(command=sys.executable, args=[sys.argv[1]])) as client:
        return await client.call_tool("cost", {"least": float("inf")})


def read(text):
    """A number as a peer reads it out of a message."""
    line = f'{{"jsonrpc": "2.0", "id": 1, "result": {{"cost": {text}}}}}'
    return repr(types.jsonrpc_message_adapter.validate_json(line).result["cost"])


result = anyio.run(ask)
text = result.content[0].text
seen = {
    "a decimal as structured content": result.structured_content,
    "the same in the text": text.split(",")[0],
    "an infinite argument": json.loads(text)["got"],
    "a number of 18 digits": read("999999999999.123456"),
    "1e999": read("1e999"),
    "NaN": read("NaN"),
}
expected = {
    "a decimal as structured content": {"cost": "999999999999.123456"},
    "the same in the text": '{"cost": 999999999999.123456',
    "an infinite argument": "{'least': None}",
    "a number of 18 digits": "999999999999.1234",
    "1e999": "inf",
    "NaN": "nan",
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/client.py" "$folder/server.py"
