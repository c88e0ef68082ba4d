from django.apps import AppConfig


class GoalsConfig(AppConfig):
    name = "fyrbak.goals"
    label = "goals"
