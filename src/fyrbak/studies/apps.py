from django.apps import AppConfig


class StudiesConfig(AppConfig):
    name = "fyrbak.studies"
    label = "studies"
