from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "fyrbak.web"
    label = "web"
