from django.apps import AppConfig


class PremConfig(AppConfig):
    name = "fyrbak.pathways.prem"
    label = "prem"
