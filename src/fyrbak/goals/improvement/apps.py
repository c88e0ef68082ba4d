from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "fyrbak.goals.improvement"
    label = "improvement"
