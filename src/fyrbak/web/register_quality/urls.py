"""Addresses of the quality of registers."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.register_quality import indicators, quality, section

urlpatterns = [
    path("register/quality/", quality.overview, name="register_quality"),
    path("register/quality/<str:register>/", quality.register, name="register_quality_of"),
    path("register/indicators/", indicators.indicators, name="register_indicators"),
]

work.SECTIONS.append(section.registers)
