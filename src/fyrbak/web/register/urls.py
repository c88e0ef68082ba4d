"""Addresses of the register. None says anything of a person."""

from __future__ import annotations

from django.urls import path

from fyrbak.web.register import entering, home, queues, sending, tumours
from fyrbak.web.work import SECTIONS

SECTIONS.append(home.section)

urlpatterns = [
    path("register/", home.home, name="register"),
    path("register/refused/", home.refused, name="register_refused"),
    path("register/new/", entering.look_up, name="register_new"),
    path("register/new/<str:place>/", entering.enter, name="register_enter"),
    path("register/files/", sending.files, name="register_files"),
    path("register/files/<uuid:key>/", sending.file, name="register_file"),
    path("register/tumours/<uuid:key>/", tumours.tumour, name="register_tumour"),
    path("register/notifications/<uuid:key>/correct/", tumours.correct, name="register_correct"),
    path("register/notifications/<uuid:key>/retract/", tumours.retract, name="register_retract"),
    path("register/rulings/<int:number>/undo/", tumours.undo, name="register_undo"),
    path("register/merging/", queues.merging, name="register_merging"),
    path("register/merging/<int:number>/", queues.decide, name="register_decide"),
    path("register/checks/", queues.checks, name="register_checks"),
    path("register/checks/<int:number>/", queues.mend_finding, name="register_mend"),
    path("register/checks/<int:number>/close/", queues.close, name="register_close"),
    path("register/missing/", queues.missing_list, name="register_missing"),
    path("register/missing/<uuid:key>/remind/", queues.remind, name="register_remind"),
]
