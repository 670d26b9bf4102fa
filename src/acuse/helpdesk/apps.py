"""Django's registration of the desk."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    """The desk."""

    name = "acuse.helpdesk"
    label = "helpdesk"
