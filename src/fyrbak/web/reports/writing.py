"""The list of reports, a new one, and a report as it stands: what is to be answered, and its sections."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET, require_http_methods

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.goals.models import FollowUpRound, PlanEdition
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.records.models import Organisation
from fyrbak.reports.builder import freezing, selectors, services
from fyrbak.reports.builder.kinds import kind as kind_named
from fyrbak.reports.builder.kinds import kinds
from fyrbak.reports.builder.queries import Query
from fyrbak.reports.builder.review import Review, review
from fyrbak.reports.formats import Language
from fyrbak.reports.models import ReportDraft
from fyrbak.reports.papers import html
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.reports.forms import AddForm, BeginForm, plans_for, shown_by
from fyrbak.web.reports.reach import draft_of
from fyrbak.web.reports.rests_on import rests_on
from fyrbak.web.work import Item, Section


@allowed(Deed.BUILD_REPORT)
@require_GET
def reports(request: Request) -> HttpResponse:
    """What is being written and what is frozen, in the reader's organisations."""
    words, scope = Words(language_of(request)), request.actor.scope
    return page(
        request, "reports/reports", title=words("builder.title"), section="work", crumbs=crumbs(words)[:1],
        drafts=[(draft, words.of(draft.owner, "name"), _kind(draft.kind, words))
                for draft in selectors.drafts(scope)],
        frozen=[(one, words.of(one.owner, "name"), _kind(one.kind, words))
                for one in selectors.frozen(scope)],
    )  # fmt: skip


def section(actor: Actor, on: date, lang: Language) -> Section | None:  # noqa: ARG001 - reports have no last day
    """The reports of one's own organisation that are begun and not frozen."""
    if not actor.may(Deed.BUILD_REPORT):
        return None
    words = Words(lang)
    drafts = (
        Item(draft.title, reverse("report", args=[draft.pk]), _kind(draft.kind, words))
        for draft in selectors.begun(actor.organisation)
    )
    every = Item(words("builder.all"), reverse("reports"), words("builder.all.note"))
    return Section(words("builder.title"), (*drafts, every), words("builder.drafts.empty"))


@allowed(Deed.BUILD_REPORT)
@require_GET
def new(request: Request) -> HttpResponse:
    """Which kind of report to begin."""
    words = Words(language_of(request))
    return page(
        request, "reports/new", title=words("builder.new"), section="work", crumbs=crumbs(words),
        kinds=[(kind.id, words.text(kind.title), words.text(kind.about)) for kind in kinds().values()],
    )  # fmt: skip


@allowed(Deed.BUILD_REPORT)
@require_http_methods(["GET", "POST"])
def begin(request: Request, kind: str) -> HttpResponse:
    """What the report is about, and what it is called."""
    chosen, words = kind_named(kind), Words(language_of(request))
    begun = {"title": words.text(chosen.title), "year": localdate().year, "lang": "sv"}
    form = BeginForm(words, request.POST or None, initial=begun)
    form.choose("about", plans_for(chosen, words))
    if request.method == "POST" and form.is_valid():
        key, _, number = form.cleaned_data["about"].rpartition("/")
        edition = PlanEdition.objects.select_related("plan").get(key=key)
        try:
            draft = services.begin_report(
                kind=kind, owner=Organisation.objects.get(pk=request.actor.organisation), edition=edition,
                round_=FollowUpRound.objects.get(pk=number) if number else None,
                title=form.cleaned_data["title"], lang=form.cleaned_data["lang"],
                year=form.cleaned_data["year"], by_name=request.actor.name, at=now(),
            )  # fmt: skip
            return redirect("report", draft.pk)
        except FyrbakError as error:
            form.refuse(error)
    return page(
        request, "reports/begin", title=words.text(chosen.title), section="work", form=form,
        crumbs=(*crumbs(words), (words("builder.new"), reverse("report_new"))),
        about=words.text(chosen.about), status=422 if form.errors else 200,
    )  # fmt: skip


@allowed(Deed.BUILD_REPORT)
@require_GET
def report(request: Request, key: int) -> HttpResponse:
    """A report: what has to be answered before print, its sections, and what can be done."""
    draft, words = draft_of(request.actor, key), Words(language_of(request))
    stands_on = rests_on(draft)
    parts = selectors.parts(draft)
    found = review(parts, stands_on)
    form = AddForm(words)
    form.choose("shows", shown_by(stands_on.outline, words))
    return page(
        request, "reports/report", title=draft.title, section="work", crumbs=crumbs(words), draft=draft,
        parts=[(part, shows(part.query, words), found.of(part)) for part in parts],
        form=form, red=red_list(found, words), ready=found.ready, checked=len(found.claims),
        holding=sum(one.checked.holds == "yes" for one in found.claims),
        removed=selectors.removed(draft), frozen=draft.frozen.defer("data"),
        plan=words.of(draft.edition.plan, "title"), synthetic=stands_on.outline.synthetic,
    )  # fmt: skip


@allowed(Deed.BUILD_REPORT)
@require_GET
def preview(request: Request, key: int) -> HttpResponse:
    """The report as it would be frozen now."""
    draft, words = draft_of(request.actor, key), Words(language_of(request))
    stands_on = rests_on(draft)
    paper = freezing.preview(draft, stands_on, localdate())
    pictures = reverse("figure", args=["0"]).removesuffix("0.svg")
    return page(
        request, "reports/preview", title=words("builder.preview"), section="work", draft=draft,
        crumbs=(*crumbs(words), (draft.title, reverse("report", args=[key]))),
        article=html.article(paper, pictures), synthetic=stands_on.outline.synthetic,
    )  # fmt: skip


def crumbs(words: Words) -> tuple[Crumb, ...]:
    """The way to the reports."""
    return (words("work.title"), reverse("work")), (words("builder.title"), reverse("reports"))


def crumbs_to(draft: ReportDraft, words: Words) -> tuple[Crumb, ...]:
    """The way to what belongs to a draft."""
    return *crumbs(words), (draft.title, reverse("report", args=[draft.pk]))


def shows(query: Query | None, words: Words) -> str:
    """What data a section shows, in words; empty for text alone."""
    if query is None:
        return ""
    match query.kind:
        case "measure":
            return words("builder.shows.measure", measure=words.text(measure_named(query.measure).title))
        case "goals_at_level":
            return words("builder.shows.goals_at_level", level=query.level)
        case kind:
            return words(f"builder.shows.{kind}")


def red_list(found: Review, words: Words) -> list[dict[str, object]]:
    """What has to be answered, each with what it is, why, and the section or claim where it is done."""
    rows: list[dict[str, object]] = [
        {
            "words": one.checked.claim.sentence,
            "why": words("builder.adrift") if one.adrift else words.text(one.checked.why),
            "claim": one.key,
            "part": one.part,
        }
        for one in found.open()
    ]
    rows += [
        {
            "words": one.sentence,
            "why": words("builder.loose.beside" if one.beside else "builder.loose", what=one.stated.words),
            "claim": None,
            "part": one.part,
        }
        for one in found.loose
    ]
    return rows


def _kind(name: str, words: Words) -> str:
    return words.text(kind_named(name).title)
