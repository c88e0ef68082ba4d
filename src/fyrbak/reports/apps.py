from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "fyrbak.reports"
    label = "reports"
