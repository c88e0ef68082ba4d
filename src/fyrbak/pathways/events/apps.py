from django.apps import AppConfig


class PathwayEventsConfig(AppConfig):
    name = "fyrbak.pathways.events"
    label = "pathway_events"
