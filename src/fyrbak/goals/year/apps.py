from django.apps import AppConfig


class YearConfig(AppConfig):
    name = "fyrbak.goals.year"
    label = "year"
