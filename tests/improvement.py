"""Invented accounts, calls and projects for the tests of the improvement work."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from fyrbak.access.models import Account
from fyrbak.goals.improvement import services
from fyrbak.goals.improvement.models import Call, Decision, Project
from fyrbak.goals.improvement.readings import Number
from fyrbak.goals.improvement.selectors import current_decision, latest_application

AT = datetime(2024, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2024, 5, 2, 12, tzinfo=UTC)
NO_NUMBER = Number(missing="Mäts först från i höst.")
DAYS = Number(value=Decimal("21"), unit="dagar", n=140, period="2023")


def account(name: str) -> int:
    """Somebody's account, made the first time."""
    made, _ = Account.objects.get_or_create(
        username=f"{name.lower()}@provet.example", defaults={"name": name, "added_at": AT}
    )
    return made.pk


def call(**change: Any) -> Call:
    """RCC Norr's call of 2024 with 18.8 million kronor, open in March."""
    usual: dict[str, Any] = {
        "organisation": "rcc:norr", "year": 2024, "title": "Patologi och bilddiagnostik",
        "allotted": 18_800_000, "opens": date(2024, 3, 1), "closes": date(2024, 3, 31),
        "by_name": "Samordnaren", "at": AT,
    }  # fmt: skip
    return services.open_call(**(usual | change))


def proposal(**change: Any) -> services.Proposal:
    usual: dict[str, Any] = {
        "title": "Snabbare svar från patologen", "purpose": "Patienter ska få svar fortare.",
        "plan": "Digitala glas och ett nytt flöde.", "sought": 300_000, "indicator": "Dagar till svar",
    }  # fmt: skip
    return services.Proposal(**(usual | change))


def project(of: Call, *, organisation: str = "24", before: Number = DAYS, **change: Any) -> Project:
    """An application by somebody in Västerbotten."""
    return services.apply(
        call=of, organisation=organisation, proposal=proposal(**change), before=before,
        account=account("Sökande"), by_name="Sökande", at=AT,
    )  # fmt: skip


def unconflicted(about: Project, name: str = "Beslutande") -> int:
    """Somebody who has stated that there is no conflict of interest."""
    who = account(name)
    services.state_interest(project=about, person=name, conflict=False, account=who, by_name=name, at=LATER)
    return who


def ruling(amount: int, **change: Any) -> services.Ruling:
    """A grant of an amount, or with 0 kronor its refusal."""
    usual: dict[str, Any] = {"day": date(2024, 5, 2), "reason": "Väl beskrivet."}
    if amount:
        usual |= {"outcome": Decision.Outcome.GRANTED, "amount": amount, "report_by": date(2025, 2, 1)}
    else:
        usual |= {"outcome": Decision.Outcome.DECLINED}
    return services.Ruling(**(usual | change))


def decide(about: Project, amount: int, *, by: str = "Beslutande", **change: Any) -> Decision:
    """Decide on a project as it stands now, by somebody without a conflict of interest."""
    named: dict[str, Any] = {
        "project": about, "application": latest_application(about), "ruling": ruling(amount),
        "corrects": current_decision(about), "by_name": by, "at": LATER,
    }  # fmt: skip
    who = change.get("account") or unconflicted(about, by)
    return services.decide(**(named | {"account": who} | change))
