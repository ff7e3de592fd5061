"""What a token reaches."""

TOKEN_ROUTES = frozenset(
    {
        ("POST", "/analytics"),
        ("POST", "/analytics/batch"),
        ("GET", "/analytics/types"),
        ("GET", "/analytics/values"),
    }
)
"""What a token reaches, by method and path; whatever else is added needs a key."""
