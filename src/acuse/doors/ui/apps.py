"""Registers the templates and static files of this door with Django."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """No models: a door only translates."""

    name = "acuse.doors.ui"
    label = "ui"
