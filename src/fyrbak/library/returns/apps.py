from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "fyrbak.library.returns"
    label = "returns"
