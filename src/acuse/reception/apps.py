"""Django's registration of the reception."""

from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    """What came in from outside, and what it turned out to be."""

    name = "acuse.reception"
    label = "reception"
