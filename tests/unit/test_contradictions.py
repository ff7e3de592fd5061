"""What a mapping says twice, or of what it does not read, is refused with a sentence."""

import pytest

from callistics.mapping import MappingError, builtin, builtin_names, read_mapping


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('started_at = { value = "2025-01-05", unit = "ms" }', "nothing to read: leave unit out"),
        ('started_at = { value = "x", format = "%d/%m/%Y" }', "leave format out"),
        ('outcome = { value = "x", values = { a = "b" } }', "set to one value, .* leave values"),
        ('outcome = { value = "x", default = "y" }', "leave default out"),
        ('call_id = { hash = ["a"], default = "y" }', "made of other values, .* leave default"),
        ('duration = { value = 5, zero = "absent" }', "leave zero out"),
        ("cost = { value = 5, scale = 2 }", "leave scale out"),
        ('outcome = { from = "x", values = { A = "b", a = "c" } }', '"A" and "a" are one word'),
        ('outcome = { values_only = true, values = { "*" = "x" } }', "which values_only refuses"),
        ('duration = { from = "x", scale = 0 }', "the scale 0 would make every value 0"),
        ("call_id = { hash = [] }", "an empty list"),
        ("call_id = []", "an empty list"),
    ],
)
def test_rules_of_a_field(text: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        read_mapping(f"[fields]\n{text}\n", "a.toml")


def test_words_for_nothing_that_have_a_value() -> None:
    text = 'nulls = ["none"]\n[fields]\noutcome = { from = "x", values = { None = "c" } }\n'
    with pytest.raises(MappingError, match='"None" is a word for nothing, and has a value in outc'):
        read_mapping(text)


@pytest.mark.parametrize("more", ['each = "x[]"', '[event.fields]\noutcome = "x"'])
def test_an_event_that_is_ignored_makes_no_records(more: str) -> None:
    text = f'[[event]]\nwhen = {{ type = "ping" }}\nignore = true\n{more}\n'
    with pytest.raises(MappingError, match="an event that is ignored makes no records"):
        read_mapping(text)


def test_what_says_one_thing_twice_is_fine() -> None:
    text = '[fields]\noutcome = { from = "x", values = { A = "b", a = "b", "*" = "c" } }\n'
    assert read_mapping(text).fields["outcome"].words["A"] == "b"
    assert all(builtin(name).name == name for name in builtin_names())
