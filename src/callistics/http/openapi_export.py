"""Answers with all their rows in the OpenAPI document."""

from callistics.exports.formats import CSV, FORMATS
from callistics.exports.formats import FORMULAS as NAME
from callistics.http.openapi_parts import Json

_TEXT: Json = {"type": "string"}

FORMULAS: Json = {
    "name": NAME,
    "in": "query",
    "required": False,
    "schema": {"type": "string", "enum": ["keep"]},
    "description": f"Of `{CSV.media_type}` alone: text that a spreadsheet would run as a formula"
    " stays as it is; else it gets a leading `'`.",
}


def export_content() -> Json:
    """The bodies that have all rows."""
    return {one.media_type: {"schema": _TEXT} for one in FORMATS.values()}
