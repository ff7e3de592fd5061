"""`/calls/{call_id}` and `/leads/{lead_id}`: looking a record up, and erasing it."""

from litestar import HttpMethod, route
from litestar.params import FromPath

from callistics.http.answer import Answer
from callistics.http.erasing import erase
from callistics.http.parameters import PARAMETERS
from callistics.http.search import show_call, show_lead
from callistics.http.services import AnyRequest
from callistics.records.field import RecordKind

_METHODS = [HttpMethod.GET, HttpMethod.DELETE]
_PARAMETERS = {
    PARAMETERS: {
        HttpMethod.GET: ("merchant_id", "timezone"),
        HttpMethod.DELETE: ("merchant_id",),
    }
}


# One handler for each path: with one for each method, the answer to OPTIONS names only one.
@route("/calls/{call_id:str}", http_method=_METHODS, status_code=200, opt=_PARAMETERS)
async def single_call(request: AnyRequest, call_id: FromPath[str]) -> Answer:
    """A call, also one that no figure counts; by DELETE it is erased."""
    if request.method == HttpMethod.DELETE:
        return await erase(request, RecordKind.CALLS, call_id)
    return await show_call(request, call_id)


@route("/leads/{lead_id:str}", http_method=_METHODS, status_code=200, opt=_PARAMETERS)
async def single_lead(request: AnyRequest, lead_id: FromPath[str]) -> Answer:
    """A lead with its calls and its status history; by DELETE all of it is erased."""
    if request.method == HttpMethod.DELETE:
        return await erase(request, RecordKind.LEADS, lead_id)
    return await show_lead(request, lead_id)
