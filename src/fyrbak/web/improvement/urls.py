"""Addresses of the strategy's tasks, improvement projects and the weekly letter."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.improvement import (
    analysis,
    digest_pages,
    files,
    project_deeds,
    project_pages,
    section,
    task_pages,
)

_CALL = "projects/calls/<int:number>/"
_PROJECT = "projects/<uuid:key>/"

urlpatterns = [
    path("tasks/", task_pages.task_rows, name="strategy_tasks"),
    path("tasks/all.<str:form>", files.task_file, name="strategy_tasks_file"),
    path("tasks/analysis/", analysis.analysis, name="strategy_analysis"),
    path("tasks/analysis.docx", analysis.analysis_file, name="strategy_analysis_file"),
    path("tasks/<str:number>/", task_pages.task, name="strategy_task"),
    path("tasks/<str:number>/state/", task_pages.state, name="strategy_task_state"),
    path("projects/", project_pages.projects, name="projects"),
    path("projects/all.<str:form>", files.project_file, name="projects_file"),
    path("projects/calls/new/", project_deeds.new_call, name="project_call_new"),
    path(_CALL, project_pages.call, name="project_call"),
    path(f"{_CALL}apply/", project_deeds.apply, name="project_apply"),
    path(f"{_CALL}remove/", project_deeds.remove_call, name="project_call_remove"),
    path(_PROJECT, project_pages.project, name="project"),
    path(f"{_PROJECT}amend/", project_deeds.amend, name="project_amend"),
    path(f"{_PROJECT}interest/", project_deeds.interest, name="project_interest"),
    path(f"{_PROJECT}members/", project_deeds.member, name="project_member"),
    path(f"{_PROJECT}decide/", project_deeds.decide, name="project_decide"),
    path(f"{_PROJECT}report/", project_deeds.report, name="project_report"),
    path(f"{_PROJECT}spread/", project_deeds.spread, name="project_spread"),
    path("digests/", digest_pages.digests, name="digests"),
    path("digests/choice/", digest_pages.choice, name="digest_choice"),
]

work.SECTIONS.append(section.improvement)
