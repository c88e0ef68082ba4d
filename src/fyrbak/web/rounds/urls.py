"""Addresses of the pages of a round, and its part of my work."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.rounds import answering, compiling, files, running, section, tasks

_ROUND = "rounds/<str:key>/<str:label>/"
_TASKS = f"{_ROUND}by/<str:code>/"
_GOAL = f"{_TASKS}goals/<str:number>/"

urlpatterns = [
    path("work/", work.work, name="work"),
    path("rounds/new/", running.new, name="round_new"),
    path("rounds/new/<str:key>/", running.open_, name="round_open"),
    path(_ROUND, tasks.round_, name="round"),
    path(f"{_ROUND}compile/", compiling.compile_, name="compile"),
    path(f"{_ROUND}compile/goals/<str:number>/", compiling.compile_goal, name="compile_goal"),
    path(f"{_ROUND}step/<str:deed>/", running.step, name="round_step"),
    path(_TASKS, tasks.tasks, name="tasks"),
    path(f"{_TASKS}begin/", tasks.begin, name="begin"),
    path(f"{_TASKS}files/", files.files, name="files"),
    path(f"{_TASKS}files/take-in/", files.take_in, name="take_in"),
    path(f"{_TASKS}files/form.<str:ending>", files.fetch, name="form_file"),
    path(_GOAL, answering.answer, name="answer"),
    path(f"{_GOAL}draft/", answering.draft, name="draft"),
    path(f"{_GOAL}history/", answering.history, name="answer_history"),
]

work.SECTIONS.append(section.rounds)
