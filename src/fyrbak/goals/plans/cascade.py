"""The cascade: strategy, direction, regional plans, local plans, activities, and where the chain is broken.

All of it is read at once, as numbers without texts, in four queries whatever its size; texts are read of what
is shown. Only adopted editions count, and of each plan the latest. Links that a rule suggests count too,
until somebody ends them. Organisations below a goal are held as sets of bits, so that the whole country is
added up from the bottom in one pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count

from fyrbak.goals import models as m
from fyrbak.records.organisations import organisations, regions_of

_Level = m.Plan.Level
LEVELS = (_Level.NATIONAL_STRATEGY, _Level.DIRECTION, _Level.REGIONAL, _Level.LOCAL)
_STANDING = (m.PlanEdition.Status.ADOPTED, m.PlanEdition.Status.CLOSED)
_PLACES = {place.code: bit for bit, place in enumerate(organisations())}
_CODES = tuple(_PLACES)


@dataclass(frozen=True)
class Node:
    """A part of a goal in the cascade. ``activities`` counts those of its goal, ``owner`` is a code."""

    pk: int
    number: str
    level: m.Plan.Level
    edition: str
    owner: str
    activities: int
    order: int

    @property
    def address(self) -> str:
        """How the part is named in addresses: the key of its edition and its number."""
        return f"{self.edition}/{self.number}"


@dataclass(frozen=True)
class Gaps:
    """What is missing below a goal, among the plans that are stored: organisation codes in official order.

    ``direction`` says that no goal of the direction serves it, ``regional`` which centres' plans have no goal
    that does, ``local`` which regions' plans have no activity for it. A goal lacks nothing on its own level.
    """

    direction: bool = False
    regional: tuple[str, ...] = ()
    local: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.direction or self.regional or self.local)


@dataclass(frozen=True)
class _Reach:
    """Who is reached below a goal, this one included: owners on the levels as bits."""

    direction: int = 0
    regional: int = 0
    local: int = 0  # regions with an activity

    def __or__(self, other: _Reach) -> _Reach:
        return _Reach(
            self.direction | other.direction, self.regional | other.regional, self.local | other.local
        )


@dataclass(frozen=True)
class Cascade:
    """The nodes by their key in the plans' own order, and the links between them, both ways."""

    nodes: Mapping[int, Node]
    above: Mapping[int, Sequence[int]]
    below: Mapping[int, Sequence[int]]
    _reached: dict[int, _Reach] = field(default_factory=dict, compare=False)

    @cached_property
    def owners(self) -> Mapping[m.Plan.Level, tuple[str, ...]]:
        """By level the organisations whose plans are stored, in official order."""
        found: dict[m.Plan.Level, int] = defaultdict(int)
        for node in self.nodes.values():
            found[node.level] |= 1 << _PLACES[node.owner]
        return {level: _codes(found[level]) for level in LEVELS}

    def at(self, address: str) -> Node | None:
        """The node with this address, if there is one."""
        return self._by_address.get(address)

    @cached_property
    def _by_address(self) -> Mapping[str, Node]:
        return {node.address: node for node in self.nodes.values()}

    def on(self, level: m.Plan.Level) -> list[Node]:
        """The nodes of a level in order."""
        return [node for node in self.nodes.values() if node.level == level]

    def serving(self, node: Node) -> dict[m.Plan.Level, list[Node]]:
        """By level, all that serves a goal, at once or by way of others, in order."""
        seen, reached = {node.pk}, [node.pk]
        while reached:
            reached = [pk for lower in reached for pk in self.below.get(lower, ()) if pk not in seen]
            seen.update(reached)
        found: dict[m.Plan.Level, list[Node]] = {level: [] for level in LEVELS}
        for one in sorted((self.nodes[pk] for pk in seen - {node.pk}), key=lambda one: one.order):
            found[one.level].append(one)
        return found

    def gaps(self, node: Node) -> Gaps:
        """What is missing below a goal."""
        reach = self._reach(node.pk, frozenset())
        depth = LEVELS.index(node.level)
        return Gaps(
            direction=depth < 1 and not reach.direction and bool(self.owners[_Level.DIRECTION]),
            regional=self._missing(_Level.REGIONAL, reach.regional, node) if depth < 2 else (),
            local=self._missing(_Level.LOCAL, reach.local, node),
        )

    def orphans(self) -> dict[str, list[Node]]:
        """By edition the goals that serve no goal above, in order. The strategy's own are none."""
        found: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes.values():
            if node.level != _Level.NATIONAL_STRATEGY and not self.above.get(node.pk):
                found[node.edition].append(node)
        return dict(found)

    def _missing(self, level: m.Plan.Level, reached: int, node: Node) -> tuple[str, ...]:
        """Who has a plan on a level and is not reached; below a regional or local plan, of its own only."""
        asked = self.owners[level]
        if node.level == _Level.REGIONAL:
            own = {place.code for place in regions_of(node.owner)}
            asked = tuple(code for code in asked if code in own)
        elif node.level == _Level.LOCAL:
            asked = (node.owner,)
        return tuple(code for code in asked if not reached >> _PLACES[code] & 1)

    def _reach(self, pk: int, on_the_way: frozenset[int]) -> _Reach:
        """Who is reached below a node; worked out once. A circle, should there be one, is walked once."""
        if pk in self._reached:
            return self._reached[pk]
        node, bit = self.nodes[pk], 1 << _PLACES[self.nodes[pk].owner]
        reach = _Reach(
            direction=bit if node.level == _Level.DIRECTION else 0,
            regional=bit if node.level == _Level.REGIONAL else 0,
            local=bit if node.level == _Level.LOCAL and node.activities else 0,
        )
        for lower in self.below.get(pk, ()):
            if lower != pk and lower not in on_the_way:
                reach |= self._reach(lower, on_the_way | {pk})
        if not on_the_way & set(self.below.get(pk, ())):
            self._reached[pk] = reach
        return reach


def cascade() -> Cascade:
    """The whole cascade of the adopted plans, in four queries."""
    editions = {
        edition.pk: edition
        for edition in m.PlanEdition.objects.filter(plan__level__in=LEVELS, status__in=_STANDING)
        .exclude(superseded_by__status__in=_STANDING)
        .select_related("plan")
    }
    activities = dict(
        m.Activity.objects.filter(goal__area__edition__in=editions)
        .values_list("goal").annotate(Count("id")).order_by()
    )  # fmt: skip
    parts = m.GoalPart.objects.filter(goal__area__edition__in=editions).values_list(
        "pk", "number", "goal_id", "goal__area__edition_id", "goal__area__order", "goal__order", "order"
    )
    ordered = sorted(parts, key=lambda part: (*_place(editions[part[3]]), *part[4:]))
    nodes = {
        pk: Node(
            pk=pk,
            number=number,
            level=_Level(editions[edition].plan.level),
            edition=editions[edition].key,
            owner=editions[edition].plan.owner_id,
            activities=activities.get(goal, 0),
            order=order,
        )
        for order, (pk, number, goal, edition, *_) in enumerate(ordered)
    }
    above, below = defaultdict(list), defaultdict(list)
    links = m.GoalLink.objects.filter(
        kind__in=m.GoalLink.SERVES,
        from_part__goal__area__edition__in=editions,
        to_part__goal__area__edition__in=editions,
    )
    for lower, upper in links.values_list("from_part_id", "to_part_id").distinct():
        above[lower].append(upper)
        below[upper].append(lower)
    return Cascade(nodes, above, below)


def parts_shown(nodes: Iterable[Node]) -> dict[int, m.GoalPart]:
    """The parts with their texts, of the nodes that are shown."""
    return m.GoalPart.objects.select_related("goal").in_bulk([node.pk for node in nodes])


def activities_of(part: m.GoalPart) -> list[m.Activity]:
    """The activities of a part's goal in order."""
    return list(part.goal.activities.order_by("order"))


def _place(edition: m.PlanEdition) -> tuple[int, int, int]:
    """Editions stand from the strategy down, on each level in the official order of their owners."""
    level = LEVELS.index(_Level(edition.plan.level))
    return level, _PLACES[edition.plan.owner_id], edition.pk


def _codes(bits: int) -> tuple[str, ...]:
    return tuple(code for bit, code in enumerate(_CODES) if bits >> bit & 1)
