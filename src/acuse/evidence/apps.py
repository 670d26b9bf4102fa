"""Django's registration of the notary."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The notary."""

    name = "acuse.evidence"
    label = "evidence"
