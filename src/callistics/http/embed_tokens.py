"""`POST /embed-tokens`, `DELETE /embed-tokens`."""

from litestar import HttpMethod, route

from callistics.access.tokens import new_token_secret
from callistics.errors import Forbidden, Refused, invalid
from callistics.http.answer import Answer, json_answer
from callistics.http.bodies import json_body, no_body
from callistics.http.durable import durable
from callistics.http.embed_request import parse_embed_request
from callistics.http.services import AnyRequest, Services, public_url, services
from callistics.ingest.job import Job
from callistics.model.audit import Action
from callistics.model.instants import SECOND, utc_text
from callistics.model.keys import Permission, StoredKey
from callistics.model.scope import EVERYTHING

# The head of a request, in which a token stands beside other headers, has 64 KiB at the most.
_LONGEST = 60_000


# One handler for both methods: with one each, the framework's answer to OPTIONS names only one.
@route(
    "/embed-tokens",
    http_method=[HttpMethod.POST, HttpMethod.DELETE],
    request_max_body_size=None,
)
async def embed_tokens(request: AnyRequest) -> Answer:
    """Sign a token within the scope of the one that asks; by DELETE, refuse all that were."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    if request.method == HttpMethod.POST:
        return await _sign(request, parts, asking)
    await no_body(request)
    await _revoke(parts, asking)
    return Answer(b"", 204)


async def _sign(request: AnyRequest, parts: Services, creator: StoredKey) -> Answer:
    body = await json_body(request)
    moment = parts.clock() // SECOND * SECOND
    wanted = parse_embed_request(body, creator.scope, parts.settings.timezone, moment)
    # What a key lets others see ends with the key.
    ends = [moment + wanted.seconds * SECOND, creator.expires_at]
    token = parts.tokens.sign(wanted.claims, moment, min(end for end in ends if end is not None))
    if len(token.text) > _LONGEST:
        message = (
            f"makes a token of {len(token.text):,} characters, and no request can carry more than"
            f" {_LONGEST:,}: name fewer ids, or a reseller"
        )
        raise Refused([invalid("", message)])
    expires = utc_text(token.expires_at)
    told = {"token": token.id, "expires_at": expires}
    await durable(parts.audit.add(parts.note(Action.EMBED_TOKEN_CREATED, creator, **told)))
    address = public_url(request)
    made = {
        "token": token.text,
        "expires_at": expires,
        "url": f"{address}/embed#token={token.text}",
    }
    return json_answer(made, 201)


async def _revoke(parts: Services, asking: StoredKey) -> None:
    """Sign with a new secret: tokens of before are refused from now on, for good once answered."""
    if asking.scope != EVERYTHING:
        raise Forbidden("tokens end all at once: that takes an admin key without scope")
    secret = new_token_secret()
    parts.tokens.replace_secret(secret)
    told = parts.note(Action.EMBED_TOKENS_REVOKED, asking)
    await durable(parts.writer.submit(Job(token_secret=secret, notes=(told,), urgent=True)))
