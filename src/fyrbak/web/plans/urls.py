"""Addresses of plans at work. They stand before those of a plan, whose key could be any word."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.plans import cascade, differences, editions, editor, links, uploads
from fyrbak.web.plans.section import section

work.SECTIONS.append(section)
_ROW = "plans/<str:key>/edit/<str:kind>/<uuid:lineage>/"

urlpatterns = [
    path("plans/new/", editions.new, name="plan_new"),
    path("plans/upload/", uploads.begin, name="plan_upload"),
    path("plans/upload/<uuid:key>/", uploads.review, name="plan_review"),
    path("plans/upload/<uuid:key>/answer/", uploads.answer, name="plan_answer"),
    path("plans/upload/<uuid:key>/accept/", uploads.accept, name="plan_accept"),
    path("plans/upload/<uuid:key>/file/", uploads.another_file, name="plan_another_file"),
    path("plans/upload/<uuid:key>/store/", uploads.store, name="plan_store"),
    path("plans/upload/<uuid:key>/withdraw/", uploads.withdraw, name="plan_withdraw"),
    path("plans/upload/<uuid:key>/rows/<str:row>/", uploads.review, name="plan_review_row"),
    path("plans/<str:key>/table/", editor.table, name="plan_table"),
    path("plans/<str:key>/edit/", editor.editor, name="plan_edit"),
    path("plans/<str:key>/edit/undo/", editor.undo, name="plan_undo"),
    path("plans/<str:key>/edit/history/", editor.changes, name="plan_history"),
    path("plans/<str:key>/edit/<str:kind>/new/", editor.add, name="plan_add"),
    path("plans/<str:key>/edit/<str:kind>/new/<uuid:inside>/", editor.add, name="plan_add_in"),
    path(_ROW, editor.change, name="plan_row"),
    path(f"{_ROW}move/", editor.move, name="plan_move"),
    path(f"{_ROW}remove/", editor.remove, name="plan_remove"),
    path("plans/<str:key>/edit/activity/<uuid:lineage>/parties/", editor.name_parties, name="plan_parties"),
    path("plans/<str:key>/copy/", editions.copy, name="plan_copy"),
    path("plans/<str:key>/adopt/", editions.adopt, name="plan_adopt"),
    path("plans/<str:key>/differences/", differences.differences, name="plan_differences"),
    path("plans/<str:key>/fate/", differences.fate, name="plan_fate"),
    path("plans/<str:key>/goals/<str:number>/links/", links.links, name="plan_links"),
    path("plans/<str:key>/goals/<str:number>/links/add/", links.add, name="plan_link_add"),
    path("plans/<str:key>/goals/<str:number>/links/settle/", links.settle, name="plan_link_settle"),
    path("cascade/", cascade.cascade, name="cascade"),
    path("cascade/list/", cascade.cascade_list, name="cascade_list"),
]
