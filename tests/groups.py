"""An invented steering group with six meetings and a small plan, for the tests of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime

from fyrbak.goals.documents import Activity, Area, Column, Document, Kind
from fyrbak.goals.importing import import_document
from fyrbak.goals.models import PlanEdition
from fyrbak.goals.year import services
from fyrbak.goals.year.models import Meeting, Member, SteeringGroup
from fyrbak.records.models import Organisation
from plans import AT, cell

NOW = datetime(2026, 4, 10, 9, tzinfo=UTC)
TODAY = NOW.date()
BY = "Ordföranden"
DAYS = tuple(date(2026, month, 10) for month in (2, 4, 5, 9, 10, 12))
FOLLOW_UPS = ("2 ggr/år", "Vid varje möte", "Fortlöpande", "Via kvalitetsregister", "Enligt särskild ordning")


def action_plan(*follow_ups: str, owner: str = "21", sha256: str = "b" * 64) -> PlanEdition:
    """A stored local action plan with one activity for each text on follow-up, numbered 2.1.1 and on."""
    rows = tuple(
        Activity(
            f"2.1.{number}",
            {
                Column.ACTIVITY: cell(f"Påhittad aktivitet {number}"),
                Column.FOLLOW_UP: cell(words),
                Column.TIME_FRAME: cell("2025–2027"),
            },
        )
        for number, words in enumerate(follow_ups or FOLLOW_UPS, 1)
    )
    area = Area("2.1", cell("Påhittat område"), cell("Påhittat övergripande mål."), rows)
    document = Document(Kind.ACTION_PLAN, "plan.docx", sha256, (area,))
    return import_document(document, owner=owner, level="local", label="2025–2027", at=AT).edition


def organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def a_group(
    owner: str = "21",
    *,
    name: str = "LPO påhittad",
    edition: PlanEdition | None = None,
    target: int | None = 90,
) -> SteeringGroup:
    """A group of an owner that follows up the plan of an edition."""
    return services.add_group(
        owner=organisation(owner), name=name, plan=edition.plan if edition else None, attendance_target=target
    )


def a_member(
    group: SteeringGroup, function: str, code: str = "", *, name: str = "", chairs: bool = False
) -> Member:
    return services.add_member(
        group=group, organisation=organisation(code or group.owner_id), function=function, name=name,
        chairs=chairs, valid_from=date(2026, 1, 1),
    )  # fmt: skip


def a_year(group: SteeringGroup) -> list[Meeting]:
    """Six meetings of 2026."""
    return services.plan_meetings(group=group, year=2026, days=DAYS, place="Videomöte")
