"""Every address of the web doors."""

from typing import NoReturn

from allauth.account import views as account
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from acuse.doors.portal import log

# allauth's pages for sign-up and addresses would let anybody take an address never verified; it looks up their names.
CLOSED = {
    "signup/": "account_signup",
    "email/": "account_email",
    "confirm-email/": "account_email_verification_sent",
    "confirm-email/<str:key>/": "account_confirm_email",
    "password/set/": "account_set_password",
    "login/code/confirm/": "account_confirm_login_code",
}


def reset(request: HttpRequest) -> HttpResponse:
    """Nobody resets a password here: the page says whom to ask, whatever was sent to it."""
    return render(request, "account/password_reset.html")


def closed(request: HttpRequest, key: str = "") -> NoReturn:
    """Answer 404 for a page of allauth that this product does not have."""
    raise Http404("There is no such page.")


urlpatterns = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/reset/", reset, name="account_reset_password"),
    *(path(f"accounts/{address}", closed, name=name) for address, name in CLOSED.items()),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("api/v1/", include("acuse.doors.api.urls")),
    path("health", log.health),
    path("log/checkpoint", log.checkpoint),
    path("log/tile/<path:path>", log.tile),
    path("", include("acuse.doors.console.urls")),
    path("", include("acuse.doors.portal.urls")),
]

handler400 = "acuse.doors.ui.errors.bad_request"
handler403 = "acuse.doors.ui.errors.forbidden"
handler404 = "acuse.doors.ui.errors.not_found"
handler500 = "acuse.doors.ui.errors.server_error"
