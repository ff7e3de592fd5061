"""An AI assistant's side of the Model Context Protocol, by the official client."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from functools import partial
from typing import Any, Literal

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent, Tool

from support.asynchronous import finished

Era = Literal["auto", "legacy"]
"""Whether the protocol is negotiated as it is since 2026, or by the handshake of before."""
COMMAND = (sys.executable, "-m", "callistics.cli", "mcp")


class Told(str):
    """The text of an answer, and whether it is an error."""

    is_error: bool = False

    @property
    def json(self) -> Any:
        """What it says, decimals exact."""
        assert not self.is_error, self
        return json.loads(self, parse_float=Decimal, parse_constant=_refuse)


def _refuse(name: str) -> object:
    raise AssertionError(name)


class Assistant:
    """Calls the tools of a server with a key; each call is a connection of its own."""

    def __init__(self, connect: Callable[[], Any], era: Era) -> None:
        self._connect = connect
        self._era: Era = era

    def tools(self) -> list[Tool]:
        """What there is to call."""

        async def work(client: Client) -> list[Tool]:
            return (await client.list_tools()).tools

        return finished(self._run(work))

    def tools_and(self, tool: str, **arguments: Any) -> tuple[list[Tool], Told]:
        """What there is to call, and what one of these answers, by one connection."""

        async def work(client: Client) -> tuple[list[Tool], Told]:
            return (await client.list_tools()).tools, await _call(client, tool, arguments)

        return finished(self._run(work))

    def call(self, tool: str, **arguments: Any) -> Told:
        """What one tool answers."""
        (told,) = self.calls((tool, arguments))
        return told

    def calls(self, *asked: tuple[str, Mapping[str, Any]]) -> list[Told]:
        """What several tools answer, one after the other."""

        async def work(client: Client) -> list[Told]:
            return [await _call(client, tool, arguments) for tool, arguments in asked]

        return finished(self._run(work))

    async def _run(self, work: Callable[[Client], Awaitable[Any]]) -> Any:
        async with Client(self._connect(), mode=self._era) as client:
            return await work(client)


async def _call(client: Client, tool: str, arguments: Mapping[str, Any]) -> Told:
    result = await client.call_tool(tool, dict(arguments))
    (content,) = result.content
    assert isinstance(content, TextContent)
    assert result.structured_content is None
    told = Told(content.text)
    told.is_error = result.is_error
    return told


def over_stdio(url: str, key: str, era: Era = "auto") -> Assistant:
    """One that starts the command with a key in its environment."""
    _, *arguments = (*COMMAND, "--url", url)
    environment = {**os.environ, "CALLISTICS_KEY": key}
    command = StdioServerParameters(command=COMMAND[0], args=arguments, env=environment)
    return Assistant(lambda: command, era)


def over_http(address: str, key: str, era: Era = "auto") -> Assistant:
    """One that reaches the command at its address, and sends a key."""
    return Assistant(partial(_over_http, address, key), era)


@asynccontextmanager
async def _over_http(address: str, key: str) -> AsyncGenerator[Any]:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        streamable_http_client(address, http_client=http) as streams,
    ):
        yield streams


@contextmanager
def listening(url: str, *options: str) -> Generator[str]:
    """The address of a command that serves HTTP on a free port."""
    process = subprocess.Popen(
        [*COMMAND, "--url", url, "--http", "127.0.0.1:0", *options],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("MCP at http://"), line
        yield line.split()[2].rstrip(",")
    finally:
        process.terminate()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
