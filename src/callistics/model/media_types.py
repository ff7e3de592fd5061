"""Media types, as the header `Content-Type` names them."""


def media_type(content_type: str | None) -> str:
    """The type that a `Content-Type` names, without its parameters; JSON where there is none."""
    return (content_type or "application/json").partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Whether a media type is JSON or built upon it."""
    return media == "application/json" or media.endswith("+json")
