from django.apps import AppConfig


class MonthlyConfig(AppConfig):
    name = "fyrbak.pathways.monthly"
    label = "monthly"
