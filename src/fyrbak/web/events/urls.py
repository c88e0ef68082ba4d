"""Addresses where events are registered and followed up. None says who it is about."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.events import entering, file_pages, section, starting, task_pages

urlpatterns = [
    path("svf/cases/<uuid:key>/event/", entering.event, name="svf_event"),
    path("svf/cases/<uuid:key>/event/<str:handle>/", entering.change, name="svf_event_change"),
    path("svf/cases/<uuid:key>/event/<str:handle>/retract/", entering.retract, name="svf_event_retract"),
    path("svf/start/", starting.look_up, name="svf_start"),
    path("svf/start/<str:place>/", starting.start_of, name="svf_start_of"),
    path("svf/files/", file_pages.files, name="svf_files"),
    path("svf/files/<uuid:key>/", file_pages.file, name="svf_file"),
    path("svf/files/<uuid:key>/rows.csv", file_pages.rows, name="svf_file_rows"),
    path("svf/tasks/", task_pages.tasks, name="svf_tasks"),
    path("svf/tasks/<uuid:key>/", task_pages.task, name="svf_task"),
    path("svf/tasks/<uuid:key>/start/", starting.start_from_task, name="svf_task_start"),
]

work.SECTIONS.append(section.tasks)
