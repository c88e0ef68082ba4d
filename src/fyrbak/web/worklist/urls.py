"""Addresses of the work list and of what stands beside it. None says anything of a person."""

from __future__ import annotations

from django.urls import path

from fyrbak.web.work import SECTIONS
from fyrbak.web.worklist import case, corrections, listing, missing, months, section

SECTIONS.append(section.pathways)

urlpatterns = [
    path("svf/", listing.worklist, name="svf_worklist"),
    path("svf/corrections/", corrections.corrections, name="svf_corrections"),
    path("svf/corrections.xlsx", corrections.workbook, name="svf_corrections_file"),
    path("svf/corrections/<int:number>/close/", corrections.close, name="svf_correction_close"),
    path("svf/corrections/rows/<int:number>/close/", corrections.close_row, name="svf_refused_row_close"),
    path("svf/corrections/months/<str:month>/", months.month, name="svf_month"),
    path("svf/corrections/months/<str:month>.xlsx", months.month_workbook, name="svf_month_file"),
    path("svf/missing/", missing.missing, name="svf_missing"),
    path("svf/risk/", missing.risk, name="svf_risk"),
    path("svf/cases/<uuid:key>/", case.case, name="svf_case"),
    path("svf/cases/<uuid:key>/book/", case.book, name="svf_book"),
    path("svf/cases/<uuid:key>/bookings/<int:number>/cancel/", case.cancel, name="svf_booking_cancel"),
]
