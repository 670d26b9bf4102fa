"""Django's registration of the composition."""

from django.apps import AppConfig


class CompositionConfig(AppConfig):
    """What the organisation writes: templates, snippets, letters."""

    name = "acuse.composition"
    label = "composition"
