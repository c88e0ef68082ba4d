from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "fyrbak.pathways.deliveries"
    label = "deliveries"
