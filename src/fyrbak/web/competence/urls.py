"""Addresses of completed courses and of specialists by region."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.competence import pages

urlpatterns = [
    path("courses/", pages.completions, name="competence_courses"),
    path("courses/completions.csv", pages.completions_file, name="competence_courses_csv"),
    path("courses/new/", pages.completion_new, name="competence_course_new"),
    path("courses/file/", pages.completion_file_new, name="competence_course_file"),
    path("competence/", pages.specialists, name="competence"),
    path("competence/specialists.csv", pages.specialists_file, name="competence_csv"),
    path("competence/new/", pages.staffing_new, name="competence_new"),
]

work.SECTIONS.append(pages.section)
