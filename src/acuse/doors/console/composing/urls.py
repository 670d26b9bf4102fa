"""Addresses of templates and snippets, below those of an organisation."""

from django.urls import path

from acuse.doors.console.composing import editing, listing, snippets

urlpatterns = [
    path("templates/", listing.listing, name="templates"),
    path("templates/standard/", editing.standard, name="template-standard"),
    path("templates/new/", editing.new, name="template-new"),
    path("templates/preview/", editing.preview, name="template-preview"),
    path("templates/<uuid:id>/", editing.template, name="template"),
    path("templates/<uuid:id>/archive/", editing.archive, name="template-archive"),
    path("templates/<uuid:id>/versions/<int:number>/", editing.version, name="template-version"),
    path("snippets/", snippets.listing, name="snippets"),
    path("snippets/<uuid:id>/", snippets.edit, name="snippet"),
    path("snippets/<uuid:id>/remove/", snippets.remove, name="snippet-remove"),
]
