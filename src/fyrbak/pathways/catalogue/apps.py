from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CatalogueConfig(AppConfig):
    """What comes with the program enters the catalogue after every migration."""

    name = "fyrbak.pathways.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from fyrbak.pathways.catalogue.packaged import after_migrating

        post_migrate.connect(after_migrating, sender=self)
