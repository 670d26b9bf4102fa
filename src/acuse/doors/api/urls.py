"""Addresses of the API."""

from django.urls import path

from acuse.doors.api import openapi, reference
from acuse.doors.api.api import api

app_name = "api"
operations, _application, _namespace = api.urls
urlpatterns = [
    path("", reference.page, name="reference"),
    path("openapi.json", openapi.serve, name="openapi"),
    *operations,
]
