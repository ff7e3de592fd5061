"""Asking a store what there is to filter by."""

from callistics.analytics.cache import AnswerCache
from callistics.analytics.discovery import Discovery, FoundKeys
from callistics.analytics.parse_values import DEFAULT_LIMIT, parse_values
from callistics.analytics.service import Analytics
from callistics.model.query import Query
from callistics.model.scope import EVERYTHING, Scope
from callistics.model.zones import zone
from support.store import Store

EVERY = Query("call_count", zone("UTC"))


def discovery(store: Store, *, rollups: bool = True) -> Discovery:
    """What finds values and keys in a store."""
    engine = store.engine
    kept = engine.rollups if rollups else ()
    analytics = Analytics(engine, store.policy, "UTC", kept)
    return Discovery(analytics, AnswerCache(0))


def values_of(
    store: Store,
    field: str,
    scope: Scope = EVERYTHING,
    within: Query = EVERY,
    *,
    rollups: bool = True,
    prefix: str = "",
    limit: int = DEFAULT_LIMIT,
) -> list[tuple[str, int]]:
    """The values of a field as `GET /analytics/values` finds them."""
    asked = parse_values({"field": field, "prefix": prefix, "limit": str(limit)})
    return discovery(store, rollups=rollups).values(asked, scope, within)


def keys_of(store: Store, scope: Scope = EVERYTHING, now: int | None = None) -> FoundKeys:
    """The keys of payloads as `GET /analytics/payload-keys` finds them."""
    return discovery(store).payload_keys(scope, store.now if now is None else now)
