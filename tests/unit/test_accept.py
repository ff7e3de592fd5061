"""Which form of an answer `Accept` asks for."""

import pytest

from callistics.errors import NotAcceptable
from callistics.http.accept import JSON, Form, preferred

CSV = Form("text/csv", {"charset": "utf-8", "header": "present"})
ARROW = Form("application/vnd.apache.arrow.stream", {})
FORMS = (JSON, CSV, ARROW)


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ([], JSON),
        ([""], JSON),
        (["*/*"], JSON),
        (["application/json"], JSON),
        (["text/csv"], CSV),
        (["TEXT/CSV"], CSV),
        (["text/*"], CSV),
        (["application/*"], JSON),
        (["text/html, */*;q=0.1"], JSON),
        (["text/csv, application/json"], JSON),
        (["text/csv, application/json;q=0.9"], CSV),
        (["application/json;q=0.2;, text/csv ; q=0.3"], CSV),
        (["application/json;q=0.5", "text/csv;q=0.8"], CSV),
        (["*/*;q=0.5, text/csv"], CSV),
        (["*/*, application/json;q=0"], CSV),
        (["application/*;q=0, */*"], CSV),
        (["application/vnd.apache.arrow.stream, text/csv;q=0.999"], ARROW),
        (["text/csv;charset=UTF-8"], CSV),
        (['text/csv;charset="utf-8";header=present'], CSV),
        (["text/csv;header=absent, */*;q=0.1"], JSON),
        (["text/csv;q=0, text/csv;charset=utf-8"], CSV),
        (["text/csv;q=2, application/json;q=0.1"], JSON),
        (["nonsense, text/csv"], CSV),
        (['text/html;x="a,b;q=1", text/csv;q=0.1'], CSV),
        (["application/json;charset=utf-8"], JSON),
    ],
)
def test_the_preferred_form(headers: list[str], form: Form) -> None:
    assert preferred(headers, FORMS) == form


@pytest.mark.parametrize(
    "header",
    [
        "text/html",
        "image/*",
        "*/*;q=0",
        "application/json;q=0.000, text/*;q=0",
        "text/csv;header=absent",
        "application/json;charset=latin1",
        "text/csv;q=nothing",
        "nonsense",
    ],
)
def test_what_is_not_to_be_had_is_told_with_what_is(header: str) -> None:
    with pytest.raises(NotAcceptable) as raised:
        preferred([header], FORMS)
    for form in FORMS:
        assert form.media_type in raised.value.detail
