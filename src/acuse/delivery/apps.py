"""Django's registration of the postman."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The postman."""

    name = "acuse.delivery"
    label = "delivery"
