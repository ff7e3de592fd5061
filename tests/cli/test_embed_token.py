"""Tokens by command, on the database of this folder."""

from support.tokens import payload_of

from .conftest import Run


def test_a_token_is_signed_and_alone_on_standard_output(run: Run) -> None:
    run("generate", "--calls", 1, "--out", "calls.ndjson")
    run("import", "calls.ndjson")
    options = ("--merchant", "m1", "--filter", "outcome=YES", "--timezone", "Asia/Kolkata")
    made = run("embed-token", "create", *options, "--expires-in", 60)
    found = payload_of(made.stdout.strip())
    assert found["exp"] - found["iat"] == 60
    assert found["scope"] == {"merchant_ids": ["m1"]}
    assert found["locked"] == {"filters": {"outcome": "YES"}, "timezone": "Asia/Kolkata"}
    assert f"/embed#token={made.stdout.strip()}" in made.stderr
    assert run("query", "call_count", "--key", made.stdout.strip(), "--format", "json").stdout
    assert run("embed-token", "revoke-all").stdout == "Revoked every token that was signed.\n"
    refused = run("query", "call_count", "--key", made.stdout.strip(), code=1)
    assert "the token is not valid" in refused.stderr


def test_a_token_needs_a_scope(run: Run) -> None:
    run("generate", "--calls", 1, "--out", "calls.ndjson")
    run("import", "calls.ndjson")
    assert "at least one list" in run("embed-token", "create", code=1).stderr
