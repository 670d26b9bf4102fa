"""Django's registration of the certificates."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """The story of a subject, told from facts and custody only."""

    name = "acuse.certificates"
    label = "certificates"
