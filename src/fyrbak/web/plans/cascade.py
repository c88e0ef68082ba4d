"""The cascade: goals in columns from the strategy to the activity, and the same as a list to print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from fyrbak.access.roles import Deed
from fyrbak.goals import models as m
from fyrbak.goals.plans.cascade import LEVELS, Cascade, Gaps, Node, activities_of, parts_shown
from fyrbak.goals.plans.cascade import cascade as whole_cascade
from fyrbak.goals.stamps import cascade_stamp
from fyrbak.records.organisations import organisation
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.plans.reach import crumbs_to

_Level = m.Plan.Level
_BELOW = dict(zip(LEVELS, [*(level.value for level in LEVELS[1:]), "activities"], strict=True))
_SHOWN_AT_MOST = 300  # goals in a column; more are told by number


@dataclass(frozen=True)
class Entry:
    """A goal in a column or in the list."""

    node: Node
    text: str
    owner: str
    gaps: tuple[str, ...]
    address: str = ""
    chosen: bool = False


@lru_cache(maxsize=4)
def _kept(_stamp: int | None) -> Cascade:
    """The cascade, read once for each state. It is the same for all, since it has only what is adopted."""
    return whole_cascade()


def cascade(request: Request) -> HttpResponse:
    """The column browser: what serves the chosen goals, level by level. Every choice is an address."""
    words = Words(language_of(request))
    found = _kept(cascade_stamp())
    path = [node for address in request.GET.getlist("goal") if (node := found.at(address))]
    columns = [_column(found, level, path) for level in LEVELS]
    texts = parts_shown({node for column in columns for node in column[:_SHOWN_AT_MOST]} | set(path))
    lowest = path[-1] if path else None
    return page(
        request, "plans/cascade", title=words("plans.cascade"), section="plans", crumbs=crumbs_to(words),
        state=_state(found, words),
        columns=[
            {
                "level": level.value,
                "title": words(f"page.plan.{level.value}"),
                "entries": [_entry(found, node, texts, words, path) for node in column[:_SHOWN_AT_MOST]],
                "more": max(0, len(column) - _SHOWN_AT_MOST),
                "waits": not column and not path and level != LEVELS[0],
            }
            for level, column in zip(LEVELS, columns, strict=True)
        ],
        chosen=_entry(found, lowest, texts, words, path) if lowest else None,
        activities=activities_of(texts[lowest.pk]) if lowest and lowest.activities else [],
        orphans=_orphans(found, words), list_at=reverse("cascade_list"),
        may_link=lowest is not None and request.actor.may(Deed.EDIT_PLAN, lowest.owner),
    )  # fmt: skip


def _column(found: Cascade, level: m.Plan.Level, path: Iterable[Node]) -> list[Node]:
    """The goals of a level that serve the lowest goal chosen above it. The strategy's all stand there."""
    if level == LEVELS[0]:
        return found.on(level)
    over = [node for node in path if LEVELS.index(node.level) < LEVELS.index(level)]
    return found.serving(over[-1])[level] if over else []


def _entry(found: Cascade, node: Node, texts: dict[int, m.GoalPart], words: Words, path: list[Node]) -> Entry:
    kept = [one for one in path if LEVELS.index(one.level) < LEVELS.index(node.level)]
    query = urlencode([("goal", one.address) for one in (*kept, node)])
    owner = organisation(node.owner)
    return Entry(
        node=node,
        text=words.of(texts[node.pk], "text"),
        owner=words.of(owner, "name") if node.level in (_Level.REGIONAL, _Level.LOCAL) else "",
        gaps=tuple(told_gaps(found.gaps(node), words)),
        address=f"?{query}#{_BELOW[node.level]}",
        chosen=node in path,
    )


def told_gaps(gaps: Gaps, words: Words) -> Iterable[str]:
    """What is missing below a goal, in words."""
    if gaps.direction:
        yield words("plans.gap.direction")
    for kind, codes in (("regional", gaps.regional), ("local", gaps.local)):
        if codes:
            names = words.listed([words.of(organisation(code), "name") for code in codes])
            yield words.counted(len(codes), f"plans.gap.{kind}", names=names)


def _state(found: Cascade, words: Words) -> list[str]:
    """Whose plans are stored, since nothing can be missing where there is no plan."""
    owners = found.owners
    suggested = m.GoalLink.objects.filter(kind__in=m.GoalLink.SERVES, standing="suggested").count()
    told = [
        words("plans.cascade.stored", regional=len(owners[_Level.REGIONAL]), local=len(owners[_Level.LOCAL]))
    ]
    return [*told, words.counted(suggested, "plans.cascade.suggested")] if suggested else told


def _orphans(found: Cascade, words: Words) -> list[dict[str, Any]]:
    """By plan the goals that serve no goal above."""
    editions = m.PlanEdition.objects.select_related("plan").in_bulk(list(found.orphans()), field_name="key")
    return [
        {
            "title": f"{words.of(editions[key].plan, 'title')}, {editions[key].label}",
            "key": key,
            "numbers": [node.number for node in nodes],
        }
        for key, nodes in found.orphans().items()
    ]


@dataclass(frozen=True)
class Branch:
    """A goal in the list, with what serves it at once."""

    entry: Entry
    activities: tuple[m.Activity, ...]
    below: tuple[Branch, ...]


def cascade_list(request: Request) -> HttpResponse:
    """The whole cascade as an indented list. Local plans are listed one region at a time."""
    words = Words(language_of(request))
    found = _kept(cascade_stamp())
    region = request.GET.get("region", "")
    shown = [node for node in found.nodes.values() if node.level != _Level.LOCAL or node.owner == region]
    texts = parts_shown(shown)
    wanted = {node.pk for node in shown}
    rows = m.Activity.objects.filter(
        goal__parts__in=[node.pk for node in shown if node.level == _Level.LOCAL]
    )
    activities: dict[int, list[m.Activity]] = {}
    for row in rows.order_by("goal", "order"):
        activities.setdefault(row.goal_id, []).append(row)

    def branch(node: Node, on_the_way: frozenset[int]) -> Branch:
        lower = [found.nodes[pk] for pk in found.below.get(node.pk, ()) if pk in wanted - on_the_way]
        return Branch(
            _entry(found, node, texts, words, []),
            tuple(activities.get(texts[node.pk].goal_id, ())),
            tuple(branch(one, on_the_way | {one.pk}) for one in sorted(lower, key=lambda one: one.order)),
        )

    return page(
        request, "plans/cascade_list", title=words("plans.cascade.list"), section="plans",
        crumbs=crumbs_to(words, (words("plans.cascade"), reverse("cascade"))), state=_state(found, words),
        branches=[branch(node, frozenset({node.pk})) for node in found.on(LEVELS[0])],
        regions=[(code, words.of(organisation(code), "name")) for code in found.owners[_Level.LOCAL]],
        region=region, orphans=_orphans(found, words),
    )  # fmt: skip
