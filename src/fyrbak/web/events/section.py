"""What events ask of somebody, on the page of one's own work."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.pathways.events.tasks import open_tasks
from fyrbak.reports import events as told
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def tasks(actor: Actor, _: date, lang: Language) -> Section | None:
    """The tasks that wait; nobody is named here, so that the page of work is no list of persons."""
    if not actor.may(Deed.FOLLOW_PATHWAYS):
        return None
    words = Words(lang)
    items = tuple(
        Item(
            words(f"events.task.{task.kind}"),
            reverse("svf_task", args=[task.key]),
            told.pathway_title(task.pathway, words),
            task.day,
        )
        for task in open_tasks()[:20]
    )
    deeds = (("events.start", "svf_start"), ("events.files", "svf_files"), ("events.tasks", "svf_tasks"))
    more = [Item(words(key), reverse(name)) for key, name in deeds if actor.may(Deed.REGISTER_EVENTS)]
    return Section(words("events.section"), (*items, *more), words("events.tasks.empty"))
