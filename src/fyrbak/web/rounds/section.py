"""What rounds ask of somebody, on the page of one's own work."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.goals.rounds.selectors import AtWork, rounds_at_work
from fyrbak.goals.rounds.states import RoundState
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def rounds(actor: Actor, on: date, lang: Language) -> Section | None:
    """The rounds that ask the actor's organisations, or that the actor runs."""
    if not actor.may(Deed.ASSESS):
        return None
    words = Words(lang)
    items = [_item(one, words) for one in rounds_at_work(actor.scope, on)]
    if actor.may(Deed.RUN_ROUND):
        items.append(Item(words("rounds.new"), reverse("round_new"), words("rounds.new.note")))
    return Section(words("rounds.section"), tuple(items), words("rounds.section.empty"))


def _item(one: AtWork, words: Words) -> Item:
    plan, label = one.follow_up.edition, one.follow_up.label
    goals, sent, returned = (
        sum(getattr(progress, name) for progress in one.progress.values())
        for name in ("goals", "sent", "returned")
    )
    note = [words(f"rounds.is.{one.state}"), words("rounds.sent_of", sent=sent, total=goals)]
    if returned:
        note.append(words.counted(returned, "rounds.counted.returned"))
    return Item(
        f"{words.of(plan.plan, 'title')}, {label}",
        reverse("round", args=[plan.key, label]),
        " ".join(note),
        one.follow_up.closes if one.state is RoundState.OPEN else None,
    )
