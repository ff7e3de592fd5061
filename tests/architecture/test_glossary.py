"""The glossary can be looked up: in order, a word once, and what it refers to is there."""

import re

from .tree import ROOT

ROWS = re.findall(
    r"^\| (?!Word |---)(.+?) \| (.+) \|$",
    (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)
WORDS = [word for word, _ in ROWS]


def sort_key(word: str) -> str:
    return word.casefold().replace(" ", "").replace("-", "")


def test_words_are_in_order_and_occur_once() -> None:
    keys = [sort_key(word) for word in WORDS]
    assert keys == sorted(set(keys))


def test_every_word_is_explained_by_a_sentence() -> None:
    assert len(ROWS) > 50
    assert all(re.fullmatch(r"[A-Z*].+[.…)]", meaning) for _, meaning in ROWS)


def test_every_reference_leads_to_a_word() -> None:
    known = {word.casefold() for word in WORDS}
    referred = {one.casefold() for _, text in ROWS for one in re.findall(r"\*([^*]+)\*", text)}
    unknown = {one for one in referred if not {one, one.removesuffix("s")} & known}
    assert not unknown
