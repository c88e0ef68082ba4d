"""A round at work for the tests: an invented northern plan with an open round, asked of its four regions."""

from __future__ import annotations

from datetime import date

from fyrbak.goals.models import Assessment, FollowUpRound, GoalPart, PlanEdition
from fyrbak.goals.rounds import services
from fyrbak.goals.rounds.answers import Typed, typed
from fyrbak.goals.rounds.asking import asked_by
from fyrbak.records.models import Organisation
from plans import AT, follow_up, goal, import_north

OPENS, CLOSES = date(2025, 5, 1), date(2099, 12, 31)
GOALS = (
    goal("1.1", "Målen för ledtid i SVF ska nås.", {"RJH": "U", "RN": "P", "RV": "P?", "RVN": ""},
         {"RV": "Förra gången: halvvägs.", "RCC Norr": "Går framåt."}),
    goal("1.2", "Alla ska få påhittad vård i tid.", {"RJH": "U", "RN": "E", "RV": "U/E", "RVN": "P"}),
    goal("1.3", "Ingen ska vänta på ett påhittat besked.", {"RJH": "U", "RN": "E", "RV": "P", "RVN": "P"}),
)  # fmt: skip


def round_at_work(label: str = "2025", sha256: str = "e" * 64) -> FollowUpRound:
    """An open round of an adopted plan that was followed up once before, in 2024."""
    edition = import_north(follow_up(*GOALS, sha256=sha256)).edition
    return opened(edition, label)


def opened(edition: PlanEdition, label: str) -> FollowUpRound:
    """A new round of an edition, open for a long time."""
    return services.open_round(
        edition=edition, label=label, organisations=asked_by(edition), opens=OPENS, closes=CLOSES,
        by_name="Samordnaren", at=AT,
    )  # fmt: skip


def part(round_: FollowUpRound, number: str = "1.1") -> GoalPart:
    return GoalPart.objects.get(goal__area__edition=round_.edition_id, number=number)


def region(code: str = "24") -> Organisation:
    return Organisation.objects.get(code=code)


def send(
    round_: FollowUpRound, answer: Typed, *, number: str = "1.1", code: str = "24", shown: int | None = None
) -> Assessment:
    """Send an answer, as Västerbotten about the first goal unless told otherwise."""
    return services.send_answer(
        follow_up=round_, part=part(round_, number), organisation=region(code), answer=answer, shown=shown,
        by_name="Cancersamordnaren", at=AT,
    )  # fmt: skip


ANSWER = typed(levels=["P"], comment="Två av tre kliniker är igång.")
