"""One task on a page: a form, what it writes, and where the reader goes then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from fyrbak.errors import FyrbakError
from fyrbak.web.allowed import Request
from fyrbak.web.improvement.forms import WordedForm
from fyrbak.web.pages import Crumb, page


def sent(request: Request) -> Any:
    """What a form is filled with: what was sent, or nothing when the page is opened."""
    return request.POST if request.method == "POST" else None


def ask(
    request: Request,
    form: WordedForm,
    write: Callable[[dict[str, Any]], str],
    *,
    title: str,
    lead: str,
    eyebrow: str = "",
    section: str = "plans",
    crumbs: tuple[Crumb, ...] = (),
    button: str = "",
    template: str = "improvement/ask",
    **content: Any,
) -> HttpResponse:
    """Ask, write, and go on to the address that ``write`` gives. What is refused stays as it was typed.

    ``button`` says what is done where that is more than saving. ``template`` may extend the usual one with
    more, made of ``content``.
    """
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(write(form.cleaned_data))
        except FyrbakError as error:
            form.refuse(error)
    return page(
        request, template, title=title, section=section, status=422 if form.errors else 200,
        form=form, lead=lead, eyebrow=eyebrow, crumbs=crumbs, button=button, **content,
    )  # fmt: skip
