from django.apps import AppConfig


class PathologyReviewConfig(AppConfig):
    name = "fyrbak.registers.pathology_review"
    label = "pathology_review"
