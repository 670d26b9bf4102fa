"""Views of what custody keeps, where custody lost it or has it damaged."""

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from acuse.accounts.queries import Access
from acuse.doors.ui.errors import unreadable
from acuse.errors import TemporaryError
from acuse.evidence.custody import DamagedObject, MissingObject

log = logging.getLogger(__name__)
P = ParamSpec("P")


def from_custody(
    view: Callable[Concatenate[HttpRequest, Access, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Access, P], HttpResponseBase]:
    """Let a view say in a sentence that custody cannot give what it shows, rather than fail.

    The page names a reference, by which whoever runs the installation finds the line in the log.
    """

    @wraps(view)
    def told(request: HttpRequest, access: Access, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, access, *args, **kwargs)
        except (DamagedObject, MissingObject, TemporaryError) as error:
            reference = secrets.token_hex(4)
            log.warning("%s: %s could not be read: %s", reference, request.path, error)
            return unreadable(request, error, reference=reference)

    return told
