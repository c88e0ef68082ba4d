"""Addresses of the year: groups, meetings and decisions."""

from __future__ import annotations

from django.urls import path

from fyrbak.web.work import SECTIONS
from fyrbak.web.year import decisions, groups, items, meetings, minutes, wheel
from fyrbak.web.year.waiting import waiting

urlpatterns = [
    path("groups/", groups.groups, name="groups"),
    path("groups/new/", groups.new, name="group_new"),
    path("groups/<int:group>/", wheel.group, name="group"),
    path("groups/<int:group>/edit/", groups.edit, name="group_edit"),
    path("groups/<int:group>/members/", groups.members, name="group_members"),
    path("groups/<int:group>/standing/", groups.standing, name="group_standing"),
    path("groups/<int:group>/meetings/", groups.plan_meetings, name="group_meetings"),
    path("groups/<int:group>/rhythms/", wheel.rhythms, name="group_rhythms"),
    path("groups/<int:group>/rhythms/<uuid:activity>/", wheel.rhythm, name="group_rhythm"),
    path("meetings/<int:meeting>/", meetings.meeting, name="meeting"),
    path("meetings/<int:meeting>/agenda/", meetings.agenda, name="meeting_agenda"),
    path("meetings/<int:meeting>/attendance/", meetings.attendance, name="meeting_attendance"),
    path("meetings/<int:meeting>/change/", meetings.change, name="meeting_change"),
    path("meetings/<int:meeting>/items/<int:item>/", items.item, name="meeting_item"),
    path("meetings/<int:meeting>/minutes/", minutes.minutes, name="meeting_minutes"),
    path("meetings/<int:meeting>/minutes.docx", minutes.minutes_word, name="meeting_minutes_word"),
    path("meetings/<int:meeting>/minutes.pdf", minutes.minutes_pdf, name="meeting_minutes_pdf"),
    path("decisions/<int:decision>/", decisions.decision, name="decision"),
]
SECTIONS.append(waiting)
