"""The Python client: `from callistics import Client, AsyncClient`.

It needs none of the server's packages.
"""

from callistics.client.async_client import AsyncClient
from callistics.client.bodies import Call, Filters, Lead, Operators, Query, QueryType, Scope
from callistics.client.client import Client
from callistics.client.errors import (
    BadGatewayError,
    BadRequestError,
    BodyTooLargeError,
    ClientError,
    ConflictError,
    ForbiddenError,
    GatewayTimeoutError,
    GoneError,
    InternalServerError,
    InvalidValuesError,
    MethodNotAllowedError,
    MissingPackageError,
    NoAnswerError,
    NoAnswerInTimeError,
    NotAcceptableError,
    NotFoundError,
    PictureError,
    RecordError,
    RequestTimeoutError,
    ServerError,
    StatusError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
    UnreadableAnswerError,
    UnsupportedMediaError,
)
from callistics.client.found import CallPage, EmbedToken, Key, PayloadKey, PayloadKeys, Value
from callistics.client.receipts import Missing, Receipt, Rejected
from callistics.client.rows.answers import Answer, Row
from callistics.client.rows.calls import AsyncCalls, Calls
from callistics.model.field_error import FieldError

__all__ = [
    "Answer",
    "AsyncCalls",
    "AsyncClient",
    "BadGatewayError",
    "BadRequestError",
    "BodyTooLargeError",
    "Call",
    "CallPage",
    "Calls",
    "Client",
    "ClientError",
    "ConflictError",
    "EmbedToken",
    "FieldError",
    "Filters",
    "ForbiddenError",
    "GatewayTimeoutError",
    "GoneError",
    "InternalServerError",
    "InvalidValuesError",
    "Key",
    "Lead",
    "MethodNotAllowedError",
    "Missing",
    "MissingPackageError",
    "NoAnswerError",
    "NoAnswerInTimeError",
    "NotAcceptableError",
    "NotFoundError",
    "Operators",
    "PayloadKey",
    "PayloadKeys",
    "PictureError",
    "Query",
    "QueryType",
    "Receipt",
    "RecordError",
    "Rejected",
    "RequestTimeoutError",
    "Row",
    "Scope",
    "ServerError",
    "StatusError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnavailableError",
    "UnreadableAnswerError",
    "UnsupportedMediaError",
    "Value",
]
