"""The query types: one file each, found by name.

A file in this package that defines `QUERY` is a query type; nothing else needs to know of it.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from callistics.queries.base import QueryType


@cache
def registry() -> Mapping[str, QueryType]:
    """Every query type by its name, in alphabetical order."""
    found: dict[str, QueryType] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        query = getattr(importlib.import_module(f"{__name__}.{module.name}"), "QUERY", None)
        if isinstance(query, QueryType):
            if query.name != module.name:
                raise ImportError(f"queries/{module.name}.py defines {query.name}")
            found[query.name] = query
    return found
