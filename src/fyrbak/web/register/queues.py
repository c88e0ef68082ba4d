"""What waits for a registrar: what to decide, what a check found, and what is missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from fyrbak.access.roles import Deed
from fyrbak.registers.notifications import services
from fyrbak.registers.notifications.mending import fields_of, mend
from fyrbak.registers.notifications.models import Doubt, Tumour
from fyrbak.registers.notifications.selectors import (
    current,
    doubt_numbered,
    finding_numbered,
    missing,
    open_findings,
    reminders_of,
    tumour_with,
)
from fyrbak.reports.register import days_to, doubt_told, side_by_side, source_name, tumour_title
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import place_name
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.register.forms import MendForm, ReasonForm, RulingForm, said
from fyrbak.web.register.frame import MOST, act_of, asking, crumbs, names_of


@allowed(Deed.WRITE_REGISTER)
def merging(request: Request) -> HttpResponse:
    """The pairs of notifications that may be of one tumour. It is an entry in the log."""
    words, found = Words(language_of(request)), Doubt.objects.order_by("pk")
    shown = list(found[:MOST])
    names = names_of([one.person_id for one in shown], "register/merging")
    return page(
        request, "register/merging", title=words("register.merging"), section="work", count=found.count(),
        rows=[(one, names.get(one.person_id, "–"), doubt_told(one, words)) for one in shown],
        crumbs=crumbs(words),
    )  # fmt: skip


@allowed(Deed.WRITE_REGISTER)
def decide(request: Request, number: int) -> HttpResponse:
    """Two notifications side by side, and the decision whether they are of one tumour."""
    words, doubt = Words(language_of(request)), doubt_numbered(number)
    name = names_of([doubt.person_id], f"register/merging/{number}").get(doubt.person_id, "")
    both = list(current().filter(key__in=[doubt.one, doubt.other]).select_related("unit").order_by("key"))

    def write(given: dict[str, Any]) -> str:
        services.rule(doubt=doubt, same=given["same"] == "yes", act=act_of(request, given["why"]))
        return reverse("register_merging")

    return asking(
        request, RulingForm(words, sent(request)), write, template="register/decide",
        title=words("register.decide"),
        eyebrow=name, lead=doubt_told(doubt, words), heads=[source_name(one, words) for one in both],
        lines=side_by_side(both, {}, words), texts=[one for one in both if one.text],
        crumbs=crumbs(words, (words("register.merging"), reverse("register_merging"))),
    )  # fmt: skip


@allowed(Deed.WRITE_REGISTER)
def checks(request: Request) -> HttpResponse:
    """What the checks found in tumours, the impossible first. It is an entry in the log."""
    words, asked = Words(language_of(request)), request.GET
    known = open_findings()
    rules = list(known.order_by("rule").values_list("rule", flat=True).distinct())
    found = known.filter(rule=asked["rule"]) if asked.get("rule") in rules else known
    shown = list(found.order_by("severity", "first_seen", "pk")[:MOST])
    names = names_of([one.person_id for one in shown], f"register/checks?{asked.urlencode()}"[:200])
    choice = {
        "name": "rule", "label": words("register.rule"), "chosen": asked.get("rule", ""),
        "options": [("", words("page.all")), *((rule, rule) for rule in rules)],
    }  # fmt: skip
    return page(
        request, "register/checks", title=words("register.checks"), section="work", count=found.count(),
        choices=[choice], known=known.exists(),
        rows=[
            (one, names.get(one.person_id, "–"), words(f"register.severity.{one.severity}"),
             one.sv if words.lang == "sv" else one.en)
            for one in shown
        ],
        crumbs=crumbs(words),
    )  # fmt: skip


@allowed(Deed.WRITE_REGISTER)
def mend_finding(request: Request, number: int) -> HttpResponse:
    """One record, what was found in it, and the values to change. Saving asks the check again."""
    words, finding = Words(language_of(request)), finding_numbered(number)
    tumour = tumour_with(finding.tumour)
    name = names_of([finding.person_id], f"register/checks/{number}").get(finding.person_id, "")
    fields = fields_of(finding)
    first = {field: _stands(tumour, field) for field in fields}
    form = MendForm(words, fields, sent(request), initial=first)

    def write(given: dict[str, Any]) -> str:
        act = act_of(request, given["why"])
        mend(finding=finding, tumour=tumour, changed=said(given), act=act)
        return reverse("register_checks")

    sv = words.lang == "sv"
    return asking(
        request, form, write, template="register/mend", title=tumour_title(tumour, words), eyebrow=name,
        lead=finding.sv if sv else finding.en, how=finding.mend_sv if sv else finding.mend_en,
        finding=finding, tumour=tumour, mendable=bool(fields),
        crumbs=crumbs(words, (words("register.checks"), reverse("register_checks"))),
    )  # fmt: skip


def _stands(tumour: Tumour, field: str) -> str:
    """What stands of a field, as it is typed."""
    if field != "diagnosed":
        return str(getattr(tumour, field))
    exact = 10 if tumour.first == tumour.last else 7 if tumour.first.month == tumour.last.month else 4
    return tumour.first.isoformat()[:exact]


@allowed(Deed.WRITE_REGISTER)
def close(request: Request, number: int) -> HttpResponse:
    """Confirm a record as it is, with the reason."""
    words, finding = Words(language_of(request)), finding_numbered(number)

    def write(given: dict[str, Any]) -> str:
        services.close(finding=finding, act=act_of(request, given["why"]))
        return reverse("register_checks")

    return asking(
        request, ReasonForm(words, sent(request)), write, title=words("register.close"),
        eyebrow=finding.sv if words.lang == "sv" else finding.en, lead=words("register.close.lead"),
        crumbs=crumbs(words, (words("register.checks"), reverse("register_checks"))),
    )  # fmt: skip


@allowed(Deed.WRITE_REGISTER)
def missing_list(request: Request) -> HttpResponse:
    """The tumours of which something is missing, what is due first before the rest. An entry in the log."""
    words, asked, on = Words(language_of(request)), request.GET, ground.today()
    known = missing()
    units = sorted({one for one in known.values_list("awaited_from", flat=True).distinct().order_by() if one})
    chosen = asked.get("unit", "")
    found = known.filter(awaited_from=chosen) if chosen in units else known
    shown = list(found[:MOST])
    names = names_of([one.person_id for one in shown], f"register/missing?{asked.urlencode()}"[:200])
    reminded = reminders_of(shown)
    choice = {
        "name": "unit", "label": words("register.unit"), "chosen": chosen,
        "options": [("", words("page.all")), *((code, place_name(code, words)) for code in units)],
    }  # fmt: skip
    return page(
        request, "register/missing", title=words("register.missing"), section="work", count=found.count(),
        choices=[choice], on=on,
        rows=[
            {
                "tumour": one, "who": names.get(one.person_id, "–"), "title": tumour_title(one, words),
                "what": words(f"register.awaited.{one.awaited}"),
                "unit": place_name(one.awaited_from_id or one.region_id, words),
                "days": days_to(one.due or on, on, words), "late": bool(one.due and one.due < on),
                "reminded": reminded.get(one.key),
            }
            for one in shown
        ],
        crumbs=crumbs(words),
    )  # fmt: skip


@require_POST
@allowed(Deed.WRITE_REGISTER)
def remind(request: Request, key: Any) -> HttpResponse:
    """Write down that the unit has been reminded."""
    services.remind(tumour=tumour_with(key), act=act_of(request))
    return redirect("register_missing")
