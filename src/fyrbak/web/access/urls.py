"""Addresses of signing in, roles, accounts, and the log of who read whose record."""

from __future__ import annotations

from django.urls import path

from fyrbak.web.access import accounts, oidc, persons, review, views
from fyrbak.web.access.section import access
from fyrbak.web.work import SECTIONS

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("login/oidc/", oidc.begin, name="oidc"),
    path("login/oidc/back/", oidc.back, name="oidc_back"),
    path("login/kept/", views.kept, name="kept"),
    path("login/password/", views.password, name="password"),
    path("role/", views.role, name="role"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/add/", accounts.add, name="account_add"),
    path("accounts/<int:number>/", accounts.account, name="account"),
    path("persons/", persons.look_up, name="persons"),
    path("persons/<str:place>/", persons.person, name="person"),
    path("access-log/", review.access_log, name="access_log"),
    path("access-log/<str:handle>/", review.entry, name="access_entry"),
]
SECTIONS.append(access)
