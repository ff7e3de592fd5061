"""The providers of a lead's calls as one list of texts, in which an absent one has its place."""

PROVIDER_MARK = "="
"""Stands before every name in the list, so that no name is the empty text of an absent one."""


def marked_provider(name: str | None) -> str:
    """A provider as an element of the list."""
    return "" if name is None else PROVIDER_MARK + name
