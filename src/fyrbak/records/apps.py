from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "fyrbak.records"
    label = "records"
    verbose_name = "Register"
