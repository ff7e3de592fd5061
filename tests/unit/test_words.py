"""Whether a text is one of some words is the same for few and for many, on every engine."""

import pytest

from callistics.sql.fragment import Sql, compose, raw, text
from support.engines import ENGINES
from support.store import Store, lent

MANY = [f"WORD_{number}" for number in range(100)]
ABSENT = ("", "WORD", "WORD_", "ORD_1", "WORD_1 ", "word_1", "WORD_100", "é", "WORD_1WORD_2")


def asked(store: Store, value: Sql, words: list[str]) -> object:
    sql = compose("SELECT {} AS found", store.engine.dialect.is_word_in(value, words))
    ((found,),) = store.engine.run(store.engine.dialect.render(sql))
    return found


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("number", [0, 1, 2, 64, 65, 100])
def test_words_are_found_whole(engine: str, number: int) -> None:
    words = MANY[:number]
    with lent(engine) as store:
        assert all(asked(store, text(word), words) for word in words)
        assert not any(asked(store, text(value), words) for value in (*ABSENT, *MANY[number:]))


def test_nothing_is_known_of_what_is_absent() -> None:
    with lent() as store:
        for words in (MANY[:1], MANY[:2], MANY):
            assert asked(store, raw("NULL::VARCHAR"), words) is None
