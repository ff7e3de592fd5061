"""The webhook endpoints in memory: looked up by their tokens, listed within a scope, ended."""

import secrets
import threading
from collections.abc import Iterable
from dataclasses import replace

from callistics.access.keyring import covers, hash_secret
from callistics.model.scope import Scope
from callistics.model.webhooks import StoredEndpoint


def new_token() -> str:
    """A token that nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_endpoint_id() -> str:
    """An id for an endpoint."""
    return "whe_" + secrets.token_hex(8)


class Endpoints:
    """Every endpoint, ended ones too. Safe to use from many threads."""

    def __init__(self, endpoints: Iterable[StoredEndpoint]) -> None:
        self._endpoints = {one.id: one for one in endpoints}
        self._ids = {one.token_hash: one.id for one in self._endpoints.values()}
        self._lock = threading.Lock()

    def put(self, endpoint: StoredEndpoint) -> StoredEndpoint:
        """Add an endpoint, or replace what is known of it; one that was ended stays so."""
        with self._lock:
            known = self._endpoints.get(endpoint.id)
            if known is not None and known.ended_at is not None:
                endpoint = replace(endpoint, ended_at=known.ended_at)
            self._endpoints[endpoint.id] = endpoint
            self._ids[endpoint.token_hash] = endpoint.id
        return endpoint

    def of_token(self, source: str, token: str) -> StoredEndpoint | None:
        """The endpoint of a source that has the token and was not ended."""
        found = self._endpoints.get(self._ids.get(hash_secret(token), ""))
        if found is None or found.source != source or found.ended_at is not None:
            return None
        return found

    def get(self, endpoint_id: str) -> StoredEndpoint | None:
        """An endpoint by its id, whether or not it was ended."""
        return self._endpoints.get(endpoint_id)

    def visible(self, scope: Scope) -> list[StoredEndpoint]:
        """The endpoints that lie within a scope, oldest first."""
        with self._lock:
            found = [one for one in self._endpoints.values() if covers(scope, one.scope)]
        return sorted(found, key=lambda one: (one.created_at, one.id))

    def find(self, endpoint_id: str, scope: Scope) -> StoredEndpoint | None:
        """An endpoint by its id, if it lies within the scope."""
        found = self.get(endpoint_id)
        return found if found is not None and covers(scope, found.scope) else None

    def end(self, endpoint: StoredEndpoint, now: int) -> StoredEndpoint:
        """Take nothing more at an endpoint, and give it as it is to be stored."""
        with self._lock:
            known = self._endpoints[endpoint.id]
            if known.ended_at is None:
                known = self._endpoints[endpoint.id] = replace(known, ended_at=now)
        return known
