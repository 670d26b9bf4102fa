"""Django's registration of the figures."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Figures of service."""

    name = "acuse.figures"
    label = "figures"
