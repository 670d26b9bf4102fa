"""Django's registration of the contacts."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Who an organisation deals with."""

    name = "acuse.contacts"
    label = "contacts"
