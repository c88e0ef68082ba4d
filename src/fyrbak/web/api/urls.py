"""Addresses for other systems."""

from __future__ import annotations

from django.urls import path

from fyrbak.web.api import fhir

urlpatterns = [
    path("api/fhir", fhir.send, name="fhir_send"),
    path("api/fhir/<uuid:key>", fhir.message, name="fhir_message"),
]
