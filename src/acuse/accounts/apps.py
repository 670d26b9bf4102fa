"""Django's registration of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who works here."""

    name = "acuse.accounts"
    label = "accounts"
