"""Access keys as engines keep them: whatever is stored of a key later, a revocation stays."""

from dataclasses import replace

import pytest

from callistics.model.keys import Permission, StoredKey
from support.engines import ENGINES
from support.store import opened

KEY = StoredKey("key_1", "one", "0" * 64, frozenset({Permission.QUERY}), created_at=1_000_000)
REVOKED = replace(KEY, revoked_at=5_000_000)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("at_once", [False, True], ids=["by two commits", "by one commit"])
def test_what_is_revoked_stays_so(engine: str, at_once: bool) -> None:
    ending = replace(KEY, expires_at=9_000_000)
    later = replace(REVOKED, revoked_at=7_000_000)
    with opened(engine) as store:
        for keys in [(REVOKED, ending, later)] if at_once else [(REVOKED,), (ending,), (later,)]:
            with store.engine.writing() as session:
                for key in keys:
                    session.save_keys([key])
        assert store.engine.load_keys() == [REVOKED]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_key_that_holds_is_replaced(engine: str) -> None:
    ending = replace(KEY, expires_at=9_000_000)
    with opened(engine) as store:
        for key in (KEY, ending):
            with store.engine.writing() as session:
                session.save_keys([key])
        assert store.engine.load_keys() == [ending]
        with store.engine.writing() as session:
            session.save_keys([KEY, REVOKED])
        assert store.engine.load_keys() == [REVOKED]
