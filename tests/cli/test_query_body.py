"""Queries as typed on the command line, and the bodies they become."""

import click
import pytest

from callistics.cli.query_body import QueryOptions, filter_value, payload_filters


def test_the_example_of_the_documentation() -> None:
    options = QueryOptions(
        query_type="calls_over_time",
        date_from="2025-01-01T00:00:00Z",
        date_to="2025-01-31T23:59:59Z",
        merchants=("mer_abc",),
        templates=("tpl_xyz789",),
        filters=("min_duration=10",),
        granularity="day",
        page=1,
        page_size=31,
    )
    assert options.body() == {
        "query_type": "calls_over_time",
        "filters": {
            "date_from": "2025-01-01T00:00:00Z",
            "date_to": "2025-01-31T23:59:59Z",
            "merchant_id": "mer_abc",
            "template_id": "tpl_xyz789",
            "min_duration": 10,
        },
        "granularity": "day",
        "page": 1,
        "page_size": 31,
    }


def test_what_is_not_given_is_left_out() -> None:
    assert QueryOptions(query_type="call_count").body() == {"query_type": "call_count"}


def test_ids_may_be_repeated() -> None:
    options = QueryOptions(
        query_type="call_count",
        merchants=("a", "b"),
        filters=("merchant_id=c", "provider=X", "provider=Y"),
    )
    assert options.body()["filters"] == {"merchant_id": ["a", "b", "c"], "provider": ["X", "Y"]}


def test_groups_are_separated_by_commas() -> None:
    options = QueryOptions(query_type="call_count", group_by="provider, payload.city")
    assert options.body()["group_by"] == ["provider", "payload.city"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sentiment_min=0.5", {"sentiment_min": 0.5}),
        ("sentiment_min=1", {"sentiment_min": 1}),
        ("sentiment_min=nan", {"sentiment_min": "nan"}),
        ("min_duration=soon", {"min_duration": "soon"}),
        ("min_duration=10.5", {"min_duration": 10.5}),
        ("merchant_id=0042", {"merchant_id": "0042"}),
        ("merchant_id=a=b", {"merchant_id": "a=b"}),
        ("outcome=", {"outcome": ""}),
        ('outcome=["CONFIRMED", null]', {"outcome": ["CONFIRMED", None]}),
        ("outcome=[broken", {"outcome": "[broken"}),
        ('payload_filters={"a": {"exists": true}}', {"payload_filters": {"a": {"exists": True}}}),
        ("no_such_filter=1", {"no_such_filter": "1"}),
    ],
)
def test_filters_are_of_the_type_of_their_kind(text: str, expected: object) -> None:
    assert QueryOptions(query_type="call_count", filters=(text,)).body()["filters"] == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["city=Delhi"], {"city": "Delhi"}),
        (["city = New Delhi"], {"city": "New Delhi"}),
        (["city=Delhi", "city=Mumbai"], {"city": ["Delhi", "Mumbai"]}),
        (["age>=60", "age<70"], {"age": {"gte": "60", "lt": "70"}}),
        (["age>60"], {"age": {"gt": "60"}}),
        (["age<=60"], {"age": {"lte": "60"}}),
        (["plan!=gold"], {"plan": {"ne": "gold"}}),
        (["plan!=gold", "plan!=free"], {"plan": {"not_in": ["gold", "free"]}}),
        (["plan=a", "plan=b", "plan~c"], {"plan": {"in": ["a", "b"], "contains": "c"}}),
        (["note~called = twice"], {"note": {"contains": "called = twice"}}),
        (["address.city=Pune"], {"address.city": "Pune"}),
        (["note="], {"note": ""}),
        (["formula=a>b"], {"formula": "a>b"}),
    ],
)
def test_conditions_on_the_payload(texts: list[str], expected: object) -> None:
    assert payload_filters(texts) == expected


@pytest.mark.parametrize("texts", [["city"], ["=Delhi"], ["age>1", "age>2"]])
def test_conditions_that_are_none(texts: list[str]) -> None:
    with pytest.raises(click.UsageError):
        payload_filters(texts)


@pytest.mark.parametrize(
    "options",
    [
        QueryOptions(query_type="call_count", filters=("provider",)),
        QueryOptions(query_type="call_count", filters=("=x",)),
        QueryOptions(query_type="call_count", filters=("min_duration=1", "min_duration=2")),
        QueryOptions(query_type="call_count", filters=("payload_filters={}",), payload=("a=b",)),
    ],
)
def test_filters_that_make_no_sense(options: QueryOptions) -> None:
    with pytest.raises(click.UsageError):
        options.body()


@pytest.mark.parametrize("text", ["age=>60", "age==60", "age<>60", "age=<60", "city=~Del"])
def test_signs_the_wrong_way_round_are_pointed_at(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    payload_filters([text])
    (note,) = capsys.readouterr().err.splitlines()
    assert note.startswith(f"Note: --payload {text} looks for ")
    assert "= != > >= < <= ~" in note


@pytest.mark.parametrize("value", ["[CONFIRMED,null]", '["CONFIRMED",', "{a}", " [x"])
def test_lists_that_are_no_json_are_pointed_at(
    value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert filter_value("outcome", value) == value
    (note,) = capsys.readouterr().err.splitlines()
    assert f'looks for "{value}", as that is no JSON' in note
    assert note.endswith("""a list is 'outcome=["A", null]'""")


def test_a_list_in_a_condition_is_pointed_at(capsys: pytest.CaptureFixture[str]) -> None:
    payload_filters(['city=["Delhi", "Pune"]'])
    (note,) = capsys.readouterr().err.splitlines()
    assert note.endswith("for several values give --payload several times")


@pytest.mark.parametrize("value", ['["CONFIRMED", null]', '{"exists": true}', "a[b]"])
def test_other_filters_are_taken_quietly(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    filter_value("outcome", value)
    assert not capsys.readouterr().err


@pytest.mark.parametrize("text", ["age>=60", "age!=60", "city=a=b", "size=1>0"])
def test_other_conditions_are_taken_quietly(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    payload_filters([text])
    assert not capsys.readouterr().err


def test_a_named_range_has_an_option_and_is_a_filter() -> None:
    wanted = {"date_range": "last_7_days"}
    assert (
        QueryOptions(query_type="call_count", date_range="last_7_days").body()["filters"] == wanted
    )
    filters = ("date_range=last_7_days",)
    assert QueryOptions(query_type="call_count", filters=filters).body()["filters"] == wanted
    with pytest.raises(click.UsageError):
        QueryOptions(query_type="call_count", date_range="today", filters=filters).body()
