"""Callistics: analytics for outbound calling and voice-AI platforms, self-hosted."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callistics.client import AsyncClient as AsyncClient
    from callistics.client import Client as Client

__version__ = "0.2.0"

_OF_CLIENT = ("AsyncClient", "Client")


def __getattr__(name: str) -> object:
    # Loaded when it is asked for: the server has no use for it, nor the client for the server.
    if name in _OF_CLIENT:
        return getattr(importlib.import_module("callistics.client"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_OF_CLIENT]
