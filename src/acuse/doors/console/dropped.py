"""Filters of an address that make no sense: taken out of it, and the person is told, so that no list seems narrowed."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _


def drop_nonsense(request: HttpRequest, understood: Mapping[str, bool]) -> HttpResponseBase | None:
    """Lead to the same address without the filters that were not understood, saying which.

    Args:
        request: of the list.
        understood: for each filter by its name in the address, whether its value says anything.

    Returns:
        The redirection; None where every filter that is given is understood.
    """
    wrong = [name for name, known in understood.items() if request.GET.get(name) and not known]
    if not wrong:
        return None
    kept = request.GET.copy()
    said = ", ".join(f"{name}={kept.pop(name)[-1][:40]}" for name in wrong)
    messages.warning(request, _("Not understood, and left out: %(filters)s.") % {"filters": said})
    return redirect(f"{request.path}?{kept.urlencode()}")
