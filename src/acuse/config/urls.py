"""Every address of the web doors."""

from django.urls import include, path

from acuse.doors.portal import log

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
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
