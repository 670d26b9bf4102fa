"""Addresses of the public pages."""

from django.urls import path

from acuse.doors.portal import access, anchors, case, language, office, receipt, start, tracked, verify

app_name = "portal"
urlpatterns = [
    path("", start.start, name="start"),
    path("language/", language.language, name="language"),
    path("verify/", verify.verify, name="verify"),
    path("verify/offline/", verify.offline, name="offline"),
    path("verify/offline/<str:name>", anchors.anchor, name="anchor"),
    path("v/<str:code>", verify.by_code, name="code"),
    path("a/<str:token>/", access.start, name="access"),
    path("a/<str:token>/open", access.open_it),
    path("a/<str:token>/code", access.code),
    path("a/<str:token>/content", access.content),
    path("a/<str:token>/message", access.message),
    path("a/<str:token>/attachments/<int:number>", access.attachment),
    path("a/<str:token>/certificate", access.certificate),
    path("a/<str:token>/accept", access.accept),
    path("a/<str:token>/reject", access.reject),
    path("r/<str:token>/", receipt.page),
    path("r/<str:token>/certificate", receipt.certificate),
    path("f/", case.find, name="follow"),
    path("f/<str:token>/", case.follow),
    path("c/<str:token>/", case.agree),
    path("o/<slug:slug>/", office.start, name="office"),
    path("t/<str:token>/", tracked.about),
    path("t/<str:token>/i.gif", tracked.image),
    path("t/<str:token>/<int:number>", tracked.link),
    path("t/<str:token>/withdraw", tracked.withdraw),
]
