"""The server of the protocol, by the official SDK: over standard input and output, or over HTTP."""

import asyncio
import socket
from collections.abc import Callable
from weakref import WeakValueDictionary

import anyio
import anyio.to_thread
import uvicorn
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from callistics import __version__
from callistics.cli.client import Client
from callistics.cli.mcp.answers import (
    Answer,
    Arguments,
    Backend,
    Tool,
    answer,
    error_answer,
)
from callistics.cli.mcp.tools import INSTRUCTIONS, TOOLS
from callistics.cli.root import ends_at_once
from callistics.client.errors import ClientError
from callistics.errors import did_you_mean

PATH = "/mcp"
_AT_ONCE = 8
"""Tools that one caller may run at once; that caller's others wait, and nobody else's."""
_STOP_SECONDS = 5
"""So long a stop waits for tools that run."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_NO_KEY = "give an access key of the server: Authorization: Bearer KEY"
_READS = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

Context = ServerRequestContext[object, Request]
Ask = Callable[[Context, Tool, Arguments], Answer]
Connect = Callable[[str], Client]
"""Gives the client of a caller's key."""


def serve_stdio(backend: Backend) -> None:
    """Serve whoever started this process, until standard input or a signal ends it."""
    server = _server(lambda _, tool, arguments: answer(tool, backend, arguments))

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    try:
        with ends_at_once():
            anyio.run(run)
    except BaseExceptionGroup as group:
        # Whoever asked has gone: that is no fault.
        if group.split(BrokenPipeError)[1] is not None:
            raise


def serve_http(
    listener: socket.socket, connect: Connect, dashboard: str, names: tuple[str, ...]
) -> None:
    """Serve callers on a socket, each with the key that it sends, until the process is stopped.

    `names` are those under which it is reached, besides the loopback.
    """

    def ask(context: Context, tool: Tool, arguments: Arguments) -> Answer:
        key = None if context.request is None else _key(context.request)
        if key is None:
            return error_answer(_NO_KEY)
        try:
            client = connect(key)
        except ClientError as error:
            return error_answer(str(error))
        with client:
            return answer(tool, Backend(client, dashboard), arguments)

    server = _server(ask)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        # Without sessions nothing of one caller can be taken over by another.
        stateless_http=True,
        transport_security=_known_names((*_LOOPBACK, *names)),
    )
    config = uvicorn.Config(
        _with_key(app),
        log_level="warning",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _server(ask: Ask) -> Server[object]:
    listed = types.ListToolsResult(tools=[_declaration(tool) for tool in TOOLS.values()])
    limiters = WeakValueDictionary[str | None, anyio.CapacityLimiter]()

    async def list_tools(_: Context, __: types.PaginatedRequestParams | None):  # noqa: ANN202
        return listed

    async def call_tool(context: Context, params: types.CallToolRequestParams):  # noqa: ANN202
        tool = TOOLS.get(params.name)
        if tool is None:
            hint = did_you_mean(params.name, TOOLS) or f"; one of {', '.join(TOOLS)}"
            return _result(error_answer(f"unknown tool {params.name}{hint}"))
        caller = None if context.request is None else _key(context.request)
        limiter = limiters.setdefault(caller, anyio.CapacityLimiter(_AT_ONCE))
        given = params.arguments or {}
        found = await anyio.to_thread.run_sync(
            ask, context, tool, given, limiter=limiter, abandon_on_cancel=True
        )
        return _result(found)

    return Server(
        "callistics",
        version=__version__,
        title="Callistics",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _declaration(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.schema,
        annotations=_READS,
    )


def _result(given: Answer) -> types.CallToolResult:
    """The answer as text alone: structured content turns decimals into texts, or rounds them."""
    content = types.TextContent(type="text", text=given.text)
    return types.CallToolResult(content=[content], is_error=given.is_error)


def _key(request: Request) -> str | None:
    """The key that a request brings."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and key and key.isascii() else None


def _with_key(app: ASGIApp) -> ASGIApp:
    """Refuse requests that bring none; whether it is one is for the server to say.

    Those that a stop finds unanswered are told of it.
    """

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH and _key(Request(scope)) is None:
            headers = {"WWW-Authenticate": "Bearer"}
            refused = PlainTextResponse(_NO_KEY, status_code=401, headers=headers)
            return await refused(scope, receive, send)
        try:
            return await app(scope, receive, send)
        except asyncio.CancelledError:
            # A stop has waited long enough; unanswered, it would be logged as a fault of ours.
            stopping = PlainTextResponse("the server is stopping", status_code=503)
            return await stopping(scope, receive, send)

    return guarded


def _known_names(names: tuple[str, ...]) -> TransportSecuritySettings:
    """Requests must name a host that is known, and pages that send any must come from one."""
    hosts = [one for name in map(str.lower, names) for one in (name, f"{name}:*")]
    origins = [f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)
