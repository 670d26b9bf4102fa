"""Calls that a telephone exchange tells of as they end."""

from django.http import HttpRequest
from ninja import Router, Status

from acuse.doors.api.bodies import read_body, takes
from acuse.doors.api.case_shapes import Added, NewCall
from acuse.doors.api.keys import ApiKey, access_of
from acuse.doors.api.parameters import refuse_others
from acuse.doors.api.problems import NOT_FOUND, Problem
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.queries.lines import line_named
from acuse.helpdesk.services.api import enter_call

router = Router(tags=["calls"])


@router.post(
    "",
    auth=ApiKey("cases:write"),
    response={200: Added, 201: Added},
    operation_id="enterCall",
    summary="Enter a call",
    openapi_extra=takes(NewCall, "What the exchange knows of it."),
)
def entering(request: HttpRequest) -> Status[Added]:
    """A call that came in on a line of the organisation: answered, lost or abandoned.

    201; where the line has a call of that `reference` already, 200 with that one, which stays as it is.
    """
    refuse_others(request)
    access, body = access_of(request), read_body(request, NewCall)
    line = line_named(access, name=body.line)
    if line is None:
        raise Problem(NOT_FOUND, "The organisation of this key has no such line.")
    entered, new = enter_call(
        access=access,
        call=Entered(
            line=line.id,
            started_at=body.started_at,
            result=body.result,
            waited=body.waited,
            talked=body.talked,
            number=body.number or "",
            reference=body.reference,
        ),
    )
    return Status(201 if new else 200, Added(id=entered))
