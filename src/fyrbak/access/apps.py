"""The room's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    """Row security follows every migration: a new table is closed until somebody says who may see it."""

    name = "fyrbak.access"

    def ready(self) -> None:
        from fyrbak.access.row_security import after_migrating

        post_migrate.connect(after_migrating, sender=self)
