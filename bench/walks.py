"""What people do with the pages, kind by kind: where each kind of page is for one who has signed in."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.load_home import LoadHome, User

Address = Callable[[random.Random], str]


@dataclass(frozen=True)
class Kind:
    """A kind of page. ``often`` is how many times it is opened for each time the rarest is.

    ``sends`` says that the page has a form, whose fields are what to send to ``sends_to`` (default: itself).
    """

    name: str
    address: Address
    often: int = 1
    sends: dict[str, str] | None = None
    sends_to: str = ""


def kinds_of(user: User, home: LoadHome) -> Iterator[Kind]:
    """The pages that a user walks among."""
    country = home.country
    national, regional = country.national[-1].key, country.regional[user.centre][-1].key
    local = country.local[home.region_of(user)][-1].key
    answered, ran = f"/rounds/{national}/{home.year}/", f"/rounds/{regional}/{home.year}/"

    def goal(draw: random.Random) -> str:
        return f"{draw.randint(1, home.areas)}.{draw.randint(1, home.goals_of_area)}"

    def one_of(*addresses: str) -> Address:
        return lambda draw: draw.choice(addresses)

    yield Kind("start", one_of("/"), 3)
    yield Kind("plans", one_of("/plans/"))
    yield Kind("plan, nation", one_of(f"/plans/{national}/"), 2)
    yield Kind("plan, centre", one_of(f"/plans/{regional}/"), 2)
    yield Kind("plan, local", one_of(f"/plans/{local}/"), 2)
    yield Kind("goal, nation", lambda draw: f"/plans/{national}/goals/{goal(draw)}/", 4)
    yield Kind("goal, centre", lambda draw: f"/plans/{regional}/goals/{goal(draw)}/", 4)
    yield Kind("cascade", one_of("/cascade/"), 2)
    yield Kind("work", one_of("/work/"), 3)
    yield Kind("measures", one_of("/measures/"))
    yield Kind(
        "measure",
        one_of("/measures/svf_lead_time/", "/measures/hpv_coverage/", "/measures/svf_inclusion/"),
        2,
    )
    yield Kind("measure over time", one_of("/measures/svf_lead_time/over-time/"))
    yield Kind("pathways", one_of("/pathways/"))
    yield Kind("tasks of the strategy", one_of("/tasks/"))
    yield Kind("projects", one_of("/projects/"))
    yield Kind("groups", one_of("/groups/"))
    yield Kind("reports", one_of("/reports/"))
    yield Kind("open start", one_of("/open/"))
    yield Kind("open region", one_of(f"/open/regions/{home.region_of(user)}/"), 2)
    yield Kind("open plan", one_of(f"/open/goals/{national}/"))
    yield Kind("open goal", lambda draw: f"/open/goals/{national}/{goal(draw)}/", 2)
    yield Kind("open measure", one_of("/open/measures/svf_lead_time/"))
    yield Kind("open data", one_of("/open/data/"))
    if user.answers:
        own = f"{answered}by/{user.place}/"
        typed = {
            "level": "P",
            "comment": "Rutinen är beslutad och används på två av tre sjukhus.",
            "explanation": "",
        }
        yield Kind("task list", one_of(own), 3)
        yield Kind("goal to answer", lambda draw: f"{own}goals/{goal(draw)}/", 6)
        yield Kind("draft kept", lambda draw: f"{own}goals/{goal(draw)}/", 4, typed, "draft/")
        yield Kind("answer sent", lambda draw: f"{own}goals/{goal(draw)}/", 2, typed | {"action": "send"})
    elif user.place != home.nation:
        yield Kind("compile, centre", one_of(f"{ran}compile/"), 6)
        yield Kind("compile one goal", lambda draw: f"{ran}compile/goals/{goal(draw)}/", 6)
    else:
        yield Kind("compile, nation", one_of(f"{answered}compile/"), 6)
        yield Kind("compile one goal", lambda draw: f"{answered}compile/goals/{goal(draw)}/", 6)
