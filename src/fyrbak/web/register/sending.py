"""Sending a file of notifications: see what it would do, let it be taken in, and read what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.registers.inbox.models import Message
from fyrbak.registers.inbox.services import Seen, foreseen, receive, release
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.register.forms import FileForm
from fyrbak.web.register.frame import MOST, crumbs

_SHOWN = 20  # files in the list
_Told = list[dict[str, str]]


@never_cache
@allowed(Deed.WRITE_REGISTER)
def files(request: Request) -> HttpResponse:
    """Send a file, and the files that have been sent. What cannot be used is told, and nothing is kept."""
    words = Words(language_of(request))
    form = FileForm(words, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            sent = receive(
                content=given["file"].read(), name=given["file"].name, source=given["source"],
                organisation=request.actor.organisation, by_name=request.actor.name, at=now(),
            )  # fmt: skip
            return redirect("register_file", sent.key)
        except FyrbakError as error:
            form.refuse(error)
    known = Message.objects.exclude(name="").defer("content").select_related("outcome", "release")
    return page(
        request, "register/files", title=words("register.files"), section="work", form=form,
        status=422 if form.errors else 200, crumbs=crumbs(words),
        rows=[
            {"name": one.name, "address": reverse("register_file", args=[one.key]), "who": one.by_name,
             "at": formats.moment(localtime(one.at), language_of(request)), "state": _state(one, words)}
            for one in known.order_by("-at")[:_SHOWN]
        ],
    )  # fmt: skip


@never_cache
@allowed(Deed.WRITE_REGISTER)
def file(request: Request, key: UUID) -> HttpResponse:
    """One file: what it would do until it is released, and then what became of it."""
    words = Words(language_of(request))
    sent = _found(key)
    if request.method == "POST":
        release(message=sent, by_name=request.actor.name, at=now())
        return redirect("register_file", sent.key)
    where = (words("register.files"), reverse("register_files"))
    told = partial(
        page, request, "register/file", title=sent.name, section="work", crumbs=crumbs(words, where)
    )
    if hasattr(sent, "outcome"):
        fault = words("register.file.fault", told=sent.outcome.fault) if sent.outcome.fault else ""
        refused = sent.outcome.file.refusals.order_by("line")[:MOST] if sent.outcome.file else ()
        rows = _rows(((str(one.line), one.sv, one.en) for one in refused), words)
        return told(state=_state(sent, words), fault=fault, refused=rows, done=True)
    try:
        seen = foreseen(message=sent, on=ground.today())
    except FyrbakError as error:  # the rules have changed since it was sent
        return told(fault=words.error(error))
    return told(
        state=_state(sent, words), waits=hasattr(sent, "release"), numbers=_foretold(seen, words),
        may_land=bool(seen.fit), refused=_rows(seen.refused[:MOST], words),
        doubtful=_rows(seen.doubtful[:MOST], words),
    )  # fmt: skip


def _found(key: UUID) -> Message:
    found = Message.objects.exclude(name="").select_related("outcome__file", "release").filter(key=key)
    sent = found.first()
    if sent is None:
        raise OutOfSightError
    return sent


def _foretold(seen: Seen, words: Words) -> list[str]:
    """What a file would do, in one line for each number."""
    lang = formats.language(words.lang)
    numbers = {
        "fit": seen.fit, "refused": seen.read - seen.fit - seen.settled, "settled": seen.settled,
        "doubtful": len({place for place, *_ in seen.doubtful}),
    }  # fmt: skip
    return [
        words(f"register.file.{name}", number=formats.integer(number, lang))
        for name, number in numbers.items()
        if number or name == "fit"
    ]


def _state(sent: Message, words: Words) -> str:
    """How a file stands, in a few words."""
    if not hasattr(sent, "outcome"):
        return words("register.file.waits" if hasattr(sent, "release") else "register.file.seen")
    if sent.outcome.fault:
        return words("register.file.refused_whole")
    lang = formats.language(words.lang)
    counts = {
        name: formats.integer(getattr(sent.outcome, name), lang)
        for name in ("landed", "unchanged", "refused")
    }
    return words("register.file.taken", **counts)


def _rows(told: Iterable[tuple[str, str, str]], words: Words) -> _Told:
    return [{"place": place, "text": sv if words.lang == "sv" else en} for place, sv, en in told]
