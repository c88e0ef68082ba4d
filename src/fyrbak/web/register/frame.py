"""What the pages of the register share: where they lie, lists in pages, and forms that refuse by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now

from fyrbak.access.lists import shown
from fyrbak.errors import FyrbakError
from fyrbak.registers.notifications.entries import RefusedNotificationError
from fyrbak.registers.notifications.services import Act
from fyrbak.reports.register import errors_of
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import who
from fyrbak.web.allowed import Request
from fyrbak.web.improvement.forms import WordedForm
from fyrbak.web.pages import Crumb, page

MOST = 100  # rows on a page


def crumbs(words: Words, *more: Crumb) -> tuple[Crumb, ...]:
    """Where a page lies: below one's own work and the register."""
    return ((words("work.title"), reverse("work")), (words("register.title"), reverse("register")), *more)


def names_of(persons: list[int], page_name: str) -> dict[int, str]:
    """What persons are called on a page. That the page shows them is an entry in the access log first."""
    return {
        person: who(name) for person, name in shown("notifications_show", persons, page=page_name).items()
    }


def act_of(request: Request, why: str = "") -> Act:
    """Who does something now."""
    return Act(request.actor, now(), why)


def asking(
    request: Request,
    form: WordedForm,
    write: Callable[[dict[str, Any]], str],
    *,
    template: str = "improvement/ask",
    title: str,
    crumbs: tuple[Crumb, ...],
    **content: Any,
) -> HttpResponse:
    """Ask, write, and go on to the address that ``write`` gives. What is refused stays as it was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(write(form.cleaned_data))
        except RefusedNotificationError as error:
            for field, words in errors_of(error.findings, form.words.lang):
                form.add_error(field if field in form.fields else None, words)
        except FyrbakError as error:
            form.refuse(error)
    return page(
        request, template, title=title, section="work", status=422 if form.errors else 200,
        form=form, crumbs=crumbs, **content,
    )  # fmt: skip
