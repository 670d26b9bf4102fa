"""Addresses of the telephone, below those of an organisation."""

from django.urls import path

from acuse.doors.console.phone import calls, files, lines, registering

urlpatterns = [
    path("calls/", calls.listing, name="calls"),
    path("calls/export.csv", calls.export, name="calls-export"),
    path("calls/new/", registering.new, name="call-new"),
    path("calls/caller/", registering.who, name="call-caller"),
    path("calls/cases/", registering.cases, name="call-cases"),
    path("calls/<uuid:id>/", calls.one, name="call"),
    path("calls/<uuid:id>/correct/", registering.correct, name="call-correct"),
    path("calls/<uuid:id>/case/", registering.link, name="call-link"),
    path("calls/files/", files.listing, name="call-files"),
    path("calls/files/<uuid:id>/", files.one, name="call-file"),
    path("calls/files/<uuid:id>/start/", files.start, name="call-file-start"),
    path("calls/files/<uuid:id>/cancel/", files.cancel, name="call-file-cancel"),
    path("calls/files/<uuid:id>/errors.csv", files.errors, name="call-file-errors"),
    path("settings/lines/", lines.listing, name="lines"),
    path("settings/lines/add/", lines.add, name="line-add"),
    path("settings/lines/<uuid:id>/", lines.change, name="line-change"),
]
