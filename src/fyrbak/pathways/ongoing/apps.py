from django.apps import AppConfig


class OngoingConfig(AppConfig):
    name = "fyrbak.pathways.ongoing"
    label = "ongoing"
