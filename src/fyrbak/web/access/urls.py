"""Addresses of signing in, roles, accounts, and the log of who read whose record."""

from __future__ import annotations

from django.urls import path

from fyrbak.web.access import persons, review, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("login/kept/", views.kept, name="kept"),
    path("role/", views.role, name="role"),
    path("persons/", persons.look_up, name="persons"),
    path("persons/<str:place>/", persons.person, name="person"),
    path("access-log/", review.access_log, name="access_log"),
    path("access-log/<str:handle>/", review.entry, name="access_entry"),
]
