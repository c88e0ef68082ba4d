"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.catalogue import deeds, drafts, effect, section, views, writing

_DRAFT = "catalogue/drafts/<uuid:key>/"
_PATHWAY = "catalogue/<str:name>/"

urlpatterns = [
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/drafts/", drafts.drafts, name="catalogue_drafts"),
    path(_DRAFT, drafts.draft, name="catalogue_draft"),
    path(f"{_DRAFT}texts/", writing.texts, name="catalogue_draft_texts"),
    path(f"{_DRAFT}source/", writing.source, name="catalogue_draft_source"),
    path(f"{_DRAFT}limits/<str:place>/renew/", writing.renew, name="catalogue_draft_renew"),
    path(f"{_DRAFT}rows/<str:part>/<str:place>/", writing.row, name="catalogue_draft_row"),
    path(f"{_DRAFT}effect/", effect.effect, name="catalogue_draft_effect"),
    path(f"{_DRAFT}consult/", deeds.consult, name="catalogue_draft_consult"),
    path(f"{_DRAFT}comment/", deeds.comment, name="catalogue_draft_comment"),
    path(f"{_DRAFT}comments/<int:number>/", deeds.answer, name="catalogue_draft_answer"),
    path(f"{_DRAFT}approve/", deeds.approve, name="catalogue_draft_approve"),
    path(f"{_DRAFT}publish/", deeds.publish, name="catalogue_draft_publish"),
    path(f"{_DRAFT}withdraw/", deeds.withdraw, name="catalogue_draft_withdraw"),
    path(_PATHWAY, views.pathway, name="catalogue_pathway"),
    path(f"{_PATHWAY}sheet.pdf", views.sheet, name="catalogue_sheet"),
    path(f"{_PATHWAY}differences/", views.differences, name="catalogue_differences"),
    path(f"{_PATHWAY}draft/", writing.begin, name="catalogue_draft_new"),
    path(f"{_PATHWAY}review/", deeds.review, name="catalogue_review"),
]

work.SECTIONS.append(section.catalogue)
