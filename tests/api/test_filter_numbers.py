"""Numbers in filters: of so many digits, and so many of them."""

import pytest

from support.server import Server, problem


@pytest.mark.parametrize(
    ("name", "value"),
    [("min_cost", "1e-999999"), ("max_cost", "0e1"), ("sentiment_min", "1e-999999")],
)
def test_a_number_of_many_digits_is_refused_before_it_is_worked_with(
    shared_server: Server, name: str, value: str
) -> None:
    body = f'{{"filters": {{"{name}": {value}, "currency": "USD"}}}}'
    answer = shared_server.request("POST", "/calls/search", content=body)
    if value == "0e1":
        assert answer.status_code == 200
    else:
        (told,) = problem(answer, 422)["errors"]
        assert (told["pointer"], told["message"]) == (
            f"/filters/{name}",
            "a number needs more than 1,000 digits",
        )


def test_a_list_of_numbers_has_an_end(shared_server: Server) -> None:
    body = {"query_type": "call_count", "filters": {"attempt": [1, *range(1, 1_001)]}}
    assert shared_server.request("POST", "/analytics", json=body).status_code == 200
    body["filters"] = {"attempt": list(range(1, 1_002))}
    (told,) = problem(shared_server.request("POST", "/analytics", json=body), 422)["errors"]
    assert told["message"] == "must be at most 1,000 numbers"
