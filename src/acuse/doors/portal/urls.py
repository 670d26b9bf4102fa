"""Addresses of the public pages."""

from django.urls import path

from acuse.doors.portal import anchors, language, start, verify

app_name = "portal"
urlpatterns = [
    path("", start.start, name="start"),
    path("language/", language.language, name="language"),
    path("verify/", verify.verify, name="verify"),
    path("verify/offline/", verify.offline, name="offline"),
    path("verify/offline/<str:name>", anchors.anchor, name="anchor"),
    path("v/<str:code>", verify.by_code, name="code"),
]
