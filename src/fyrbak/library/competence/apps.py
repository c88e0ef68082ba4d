from django.apps import AppConfig


class CompetenceConfig(AppConfig):
    name = "fyrbak.library.competence"
    label = "competence"
