"""Addresses of frequent questions, below an organisation's short name."""

from django.urls import path

from acuse.doors.console.faq import acts, editing, listing

ONE = "faq/<uuid:id>/"
urlpatterns = [
    path("faq/", listing.listing, name="faq"),
    path("faq/sections/", listing.add, name="faq-section-add"),
    path("faq/sections/<uuid:id>/", listing.section, name="faq-section"),
    path("faq/new/", editing.new, name="article-new"),
    path("faq/preview/", editing.preview, name="article-preview"),
    path(ONE, editing.article, name="article"),
    path(f"{ONE}withdraw/", acts.withdraw, name="article-withdraw"),
    path(f"{ONE}review/", acts.review, name="article-review"),
    path(f"{ONE}move/", acts.move, name="article-move"),
    path(f"{ONE}remove/", acts.remove, name="article-remove"),
    path(f"{ONE}versions/<int:number>/", acts.version, name="article-version"),
]
