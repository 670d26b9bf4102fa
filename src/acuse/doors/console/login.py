"""Signing in: allauth does it, this says what it may and what it records."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access, access_organisation, organisations_of
from acuse.accounts.services import record_login
from acuse.doors.console.frame import member_view
from acuse.helpdesk.queries.mailboxes import mailboxes


class AccountAdapter(DefaultAccountAdapter):
    """Members are added by an owner or by the operator: nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Lead to addresses of our own alone; allauth would lead to every host that may be asked for, as localhost."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: passwords are set by the operator, and the page of a forgotten one says so."""

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        """Record the sign-in with every organisation whose evidence it opens; the fact is about the member."""
        response: HttpResponse = super().post_login(request, user, **options)
        for organisation in organisations_of(user=user):
            record_login(access=access_organisation(user=user, slug=organisation.slug))
        return response


@require_GET
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """To the first page of the member's first organisation; whoever is in none yet gets the page that says so."""
    assert request.user.is_authenticated
    mine = organisations_of(user=request.user)
    if not mine:
        return render(request, "console/no_organisation.html")
    return _first_page(access_organisation(user=request.user, slug=mine[0].slug))


@require_GET
@member_view
def organisation(request: HttpRequest, access: Access) -> HttpResponse:
    """To the first page of an organisation: whoever shortens the address of one of its pages arrives at it."""
    return _first_page(access)


def _first_page(access: Access) -> HttpResponse:
    """Lead to an organisation's cases where customers write to it, else to what it sent."""
    return redirect("console:tickets" if mailboxes(access) else "console:communications", access.view.slug)
