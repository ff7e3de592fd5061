"""Every kind of error answer once: HTTP, the OpenAPI document and the docs say what is here."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of error answer. Its URI names it for programs, for good, and leads to no page."""

    name: str
    status: int
    title: str
    when: str
    advice: str

    @property
    def uri(self) -> str:
        """The `type` of the answer (RFC 9457)."""
        return f"urn:callistics:problem:{self.name}"


MALFORMED_REQUEST: Final = ProblemType(
    "malformed-request",
    400,
    "Malformed request",
    "The body is not JSON or has a key twice in one object; a query parameter is unknown or"
    " given twice; a header that counts once, such as `Authorization`, is given twice;"
    " `query_type` is missing or unknown; a field, filter, `granularity`,"
    " `group_by` field or payload operator is unknown; a JSON type is wrong; a payload key"
    " is empty or longer than 128 characters.",
    "Correct the request.",
)
UNAUTHORIZED: Final = ProblemType(
    "unauthorized",
    401,
    "Unauthorized",
    "There is no key or token, or one that is unknown, revoked, expired or not signed rightly; a"
    " webhook is not signed rightly, is too old, or comes from an address that is not listed.",
    "Send `Authorization: Bearer <key>`; ask for a new token; correct the endpoint's secret.",
)
FORBIDDEN: Final = ProblemType(
    "forbidden",
    403,
    "Forbidden",
    "The key lacks the permission that the endpoint needs, or a token is used where it may not be.",
    "Use another key.",
)
OUTSIDE_SCOPE: Final = ProblemType(
    "outside-scope",
    403,
    "Outside the key's scope",
    "A filter or record names something that the key's scope leaves out, whether or not it exists;"
    " a query names another zone than the one that its token is locked to.",
    "Use another key.",
)
NOT_FOUND: Final = ProblemType(
    "not-found",
    404,
    "Not found",
    "Nothing is at the path, which is taken as written, or nothing that the key may see.",
    "Correct the path.",
)
METHOD_NOT_ALLOWED: Final = ProblemType(
    "method-not-allowed",
    405,
    "Method not allowed",
    "The path exists, but not with this method.",
    "Use one of the methods that the header `Allow` names.",
)
NOT_ACCEPTABLE: Final = ProblemType(
    "not-acceptable",
    406,
    "Not acceptable",
    "The header `Accept` names no form in which the endpoint answers.",
    "Accept `application/json`, or one of those that the answer lists.",
)
REQUEST_TIMEOUT: Final = ProblemType(
    "request-timeout",
    408,
    "Request timeout",
    "The body did not come within `body_timeout`. A large one may take a second longer for each"
    " 64 KiB that came.",
    "Send it again, over a faster connection or in smaller parts.",
)
CONFLICT: Final = ProblemType(
    "conflict",
    409,
    "Conflict",
    "A request with the same `Idempotency-Key` is still running, or another backup is being made.",
    "Send it again in a moment, or when the other backup is made.",
)
ERASED: Final = ProblemType(
    "erased",
    410,
    "Erased",
    "The one record of a request names a call or lead that was erased within `erase_block_days`;"
    " among other records it is a rejected one (422).",
    "Leave the record out.",
)
BODY_TOO_LARGE: Final = ProblemType(
    "body-too-large",
    413,
    "Body too large",
    "The body is larger than its limit, after decompression: `query_body_limit` or"
    " `record_body_limit`.",
    "Send less at once, or raise the limit.",
)
UNSUPPORTED_MEDIA_TYPE: Final = ProblemType(
    "unsupported-media-type",
    415,
    "Unsupported media type",
    "The body is declared as something else than JSON (for records also NDJSON, for webhooks also"
    " a form), or in an unknown encoding.",
    "Correct `Content-Type` or `Content-Encoding`.",
)
INVALID_VALUES: Final = ProblemType(
    "invalid-values",
    422,
    "Invalid values",
    "Well formed, but a value is impossible: a date that does not exist, `date_from` after"
    " `date_to`, crossed bounds, an unknown time zone, a page size out of range, too many"
    " buckets or rows; in records, any field that is wrong.",
    "Correct the value.",
)
TOO_MANY_REQUESTS: Final = ProblemType(
    "too-many-requests",
    429,
    "Too many requests",
    "The key made more requests in a minute than `rate_limit` allows, or more wrong keys came from"
    " the address than `wrong_key_limit` does.",
    "Wait as many seconds as `Retry-After` says.",
)
CLIENT_LEFT: Final = ProblemType(
    "client-left",
    499,
    "Client left",
    "The client closed the connection before its answer was there.",
    "Wait for the answer.",
)
INTERNAL_ERROR: Final = ProblemType(
    "internal-error",
    500,
    "Internal error",
    "A defect in the server. The answer never shows what went wrong inside; the log does.",
    "Look at the log.",
)
UNAVAILABLE: Final = ProblemType(
    "unavailable",
    503,
    "Unavailable",
    "The server is starting or stopping, or too many requests wait; more connections or larger"
    " bodies and answers are under way than it takes at once; the engine does"
    " not answer, or a query needs more memory than it may use.",
    "Wait as many seconds as `Retry-After` says.",
)
STORAGE_FAILED: Final = ProblemType(
    "storage-failed",
    503,
    "Storage failed",
    "The disk is full or almost full, or cannot be read or written, or the database is being opened"
    " again after that. Nothing that was acknowledged is lost; what is refused so may be stored or"
    " not.",
    "Send it again after as many seconds as `Retry-After` says, and see that the disk has room.",
)
QUERY_TIMED_OUT: Final = ProblemType(
    "query-timed-out",
    504,
    "Query timed out",
    "The answer was not there after `query_timeout`: waiting for its turn counts, and so does what"
    " is done with the rows.",
    "Filter more, or raise the limit.",
)

PROBLEM_TYPES: Final = (
    MALFORMED_REQUEST,
    UNAUTHORIZED,
    FORBIDDEN,
    OUTSIDE_SCOPE,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    REQUEST_TIMEOUT,
    CONFLICT,
    ERASED,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_VALUES,
    TOO_MANY_REQUESTS,
    INTERNAL_ERROR,
    UNAVAILABLE,
    STORAGE_FAILED,
    QUERY_TIMED_OUT,
)
"""All that a client may be answered, by status."""


def problem_type(status: int) -> ProblemType | None:
    """The first kind that is answered with the status, None where there is none."""
    return next((one for one in PROBLEM_TYPES if one.status == status), None)
