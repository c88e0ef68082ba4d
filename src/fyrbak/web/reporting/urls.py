"""Addresses of the monthly file, the frozen extract, the conditions, and SVF-PREM with its answer form."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.reporting import answering, delivery_pages, extract_pages, prem_pages, receipt_pages, section

_MONTH = "svf/delivery/<str:region>/<str:month>/"
_DELIVERY = "svf/delivery/file/<uuid:key>/"

urlpatterns = [
    path("svf/delivery/", delivery_pages.deliveries, name="deliveries"),
    path("svf/delivery/extract/", extract_pages.frozen, name="extract"),
    path("svf/delivery/conditions/", extract_pages.conditions, name="conditions"),
    path("svf/delivery/conditions/state/", extract_pages.statement, name="condition_state"),
    path(_DELIVERY, delivery_pages.delivery, name="delivery"),
    path(f"{_DELIVERY}<str:kind>.file", delivery_pages.download, name="delivery_file"),
    path(f"{_DELIVERY}receipt/", receipt_pages.receipt_file, name="receipt_file"),
    path(f"{_DELIVERY}refused/", receipt_pages.receipt_form, name="receipt_form"),
    path(_MONTH, delivery_pages.month_page, name="delivery_month"),
    path("svf/prem/", prem_pages.prem_page, name="prem"),
    path("svf/prem/send/", prem_pages.send, name="prem_send"),
    path("svf/prem/answers/", prem_pages.answers, name="prem_answers"),
    path("svf/prem/<int:number>/list.csv", prem_pages.sending_list, name="prem_list"),
    path("prem/<str:code>/", answering.questionnaire, name="prem_answer"),
]

work.SECTIONS.append(section.reporting)
