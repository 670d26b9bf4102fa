"""The bare address: members go to their console, everybody else to verification."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Send each to the right door."""
    return redirect("console:start" if request.user.is_authenticated else "portal:verify")
