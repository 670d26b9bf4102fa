"""Addresses of the figures of service."""

from django.urls import path

from acuse.doors.console.service import checking, exports, lists, overview

urlpatterns = [
    path("figures/service/", overview.overview, name="service"),
    path("figures/service/behind/", lists.listing, name="service-behind"),
    path("figures/service/figures.csv", exports.table, name="service-csv"),
    path("figures/service/figures.json", exports.members_file, name="service-json"),
    path("figures/service/figures.pdf", exports.document, name="service-pdf"),
    path("figures/service/check/", checking.check, name="service-check"),
]
