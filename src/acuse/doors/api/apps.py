"""Django's registration of the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """No models: a door only translates."""

    name = "acuse.doors.api"
    label = "api"
