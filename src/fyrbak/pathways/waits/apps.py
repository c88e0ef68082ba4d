from django.apps import AppConfig


class WaitsConfig(AppConfig):
    name = "fyrbak.pathways.waits"
    label = "waits"
