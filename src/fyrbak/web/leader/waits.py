"""The review of long waits: samples are drawn, each case is given a cause, and causes are summed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError, UnknownNameError
from fyrbak.measures.causes_of_waits import Causes, causes_of_waits
from fyrbak.measures.disclosure import Suppressed
from fyrbak.pathways.ongoing.showing import show
from fyrbak.pathways.waits.causes import causes
from fyrbak.pathways.waits.drawing import SIZE, draw_sample, late_quarters
from fyrbak.pathways.waits.models import Drawn, Sample
from fyrbak.pathways.waits.reviewing import latest, review_case, samples
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import hospitals, organisation
from fyrbak.reports import formats
from fyrbak.reports.drawing import Table
from fyrbak.reports.formats import Language
from fyrbak.reports.names import name_of
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.leader.choice import home_region
from fyrbak.web.pages import page
from fyrbak.web.subject import Field

_STEPS = ("visit", "conference", "decision")
_LISTED, _OPENED = "svf-waits", "svf-waits-case"  # what the access log calls the pages


@never_cache
@allowed(Deed.LEAD_PATHWAYS)
def waits(request: Request) -> HttpResponse:
    """Samples and what they came to; with a form to draw one, for whoever follows pathways as well."""
    words, fault = Words(language_of(request)), ""
    if request.method == "POST":
        try:
            return redirect("wait_sample", _drawn(request).key)
        except (FyrbakError, ValueError) as error:
            if isinstance(error, UnknownNameError):
                raise
            fault = (
                words.error(error) if isinstance(error, FyrbakError) else words("waits.fault.seed", most=9999)
            )
    may = request.actor.may(Deed.FOLLOW_PATHWAYS)
    choices = list(_fields(request, words)) if may else []
    rows = [
        (one, _name(one.sample, words), words("waits.progress", judged=one.judged, drawn=one.drawn))
        for one in samples()
    ]
    return page(
        request, "leader/waits", title=words("waits.title"), section="work", rows=rows, may=may, fault=fault,
        choices=choices,
        drawable=any(field.name == "quarter" and field.options for field in choices),
        seed=request.POST.get("seed", "1"), size=SIZE,
        summaries=[_summary(one, language_of(request)) for one in causes_of_waits()],
    )  # fmt: skip


def _drawn(request: Request) -> Sample:
    """Draw what the form says, in the actor's own region and unit."""
    asked = request.POST
    region = home_region(request.actor)
    unit = asked.get("unit", "") or _own_unit(request.actor)
    request.actor.must(Deed.FOLLOW_PATHWAYS, unit or region)
    year, _, quarter = asked.get("quarter", "").partition("-Q")
    return draw_sample(
        region=Organisation.objects.get(pk=region), unit=Organisation.objects.get(pk=unit) if unit else None,
        pathway=asked.get("pathway", ""), year=int(year or 0), quarter=int(quarter or 0),
        seed=int(asked.get("seed", "")), by_name=request.actor.name, at=timezone.now(),
    )  # fmt: skip


def _own_unit(actor: Actor) -> str:
    """The unit or hospital that somebody works in; empty for whoever works for a region."""
    return actor.organisation if organisation(actor.organisation).kind in ("hospital", "unit") else ""


def _fields(request: Request, words: Words) -> list[Field]:
    """Pathway, quarter and unit to draw from."""
    asked, late = request.POST, late_quarters()
    titles = [(name, name_of("pathway", name, words)) for name in dict.fromkeys(one[0] for one in late)]
    quarters = sorted({f"{year}-Q{quarter}" for _, year, quarter in late}, reverse=True)
    found = [
        Field(
            "pathway",
            words("leader.pathway"),
            asked.get("pathway", ""),
            sorted(titles, key=lambda one: one[1]),
        ),
        Field("quarter", words("waits.quarter"), asked.get("quarter", ""), [(one, one) for one in quarters]),
    ]
    if not _own_unit(request.actor):
        places = [(one.code, words.of(one, "name")) for one in hospitals(home_region(request.actor))]
        everywhere = ("", words("leader.all_hospitals"))
        found.append(Field("unit", words("leader.hospital"), asked.get("unit", ""), [everywhere, *places]))
    return found


def _name(sample: Sample, words: Words) -> str:
    place = words.of(sample.unit or sample.region, "name")
    return f"{name_of('pathway', sample.pathway, words)}, {place}, {sample.year}-Q{sample.quarter}"


def _summary(found: Causes, lang: Language) -> Table:
    words = Words(lang)
    rows = []
    for one in found.found:
        title = str(getattr(one.cause.title, lang))
        if isinstance(one.n, Suppressed) or one.share is None:
            rows.append((title, formats.sentence_case(Suppressed().text(lang)), "–", "–"))
        else:
            ends = (formats.decimal(100 * (end or 0.0), 1, lang) for end in (one.lower, one.upper))
            rows.append(
                (title, formats.integer(one.n, lang), formats.percent(one.share, lang), "–".join(ends))
            )
    caption = words(
        "waits.summary", pathway=name_of("pathway", found.pathway, words),
        place=words.of(organisation(found.region), "name"), judged=found.judged,
    )  # fmt: skip
    headings = tuple(words(key) for key in ("waits.cause", "count", "waits.share", "interval"))
    return Table(caption, headings, (False, True, True, True), tuple(rows))


@never_cache
@allowed(Deed.FOLLOW_PATHWAYS)
def sample(request: Request, key: UUID) -> HttpResponse:
    """The cases of a sample in the order of the draw. That they were listed is an entry in the access log."""
    words = Words(language_of(request))
    found = Sample.objects.select_related("region", "unit").filter(key=key).first()
    if found is None:
        raise UnknownNameError("there is no such sample, or it belongs to somebody else.")
    drawn = list(found.drawn.select_related("unit").prefetch_related("reviews").order_by("number"))
    show([one.person_id for one in drawn], page=_LISTED)
    titles = {one.id: str(getattr(one.title, words.lang)) for one in causes()}
    rows = []
    for one in drawn:
        said = max(one.reviews.all(), key=lambda review: review.version, default=None)
        rows.append((one, words.of(one.unit, "name") if one.unit else words("missing"),
                     titles.get(said.cause, said.cause) if said else ""))  # fmt: skip
    return page(
        request, "leader/wait_sample", title=_name(found, words), section="work",
        crumbs=((words("waits.title"), reverse("waits")),), sample=found, rows=rows,
        drawn_at=formats.day_in_text(timezone.localtime(found.at).date(), language_of(request)),
    )  # fmt: skip


@never_cache
@allowed(Deed.FOLLOW_PATHWAYS)
def case(request: Request, key: UUID) -> HttpResponse:
    """One late pathway: its steps, its days, and why it came late. The page is an entry in the access log."""
    words, fault = Words(language_of(request)), ""
    found = Drawn.objects.select_related("sample__region", "sample__unit", "unit").filter(key=key).first()
    if found is None:
        raise UnknownNameError("there is no such case, or it belongs to somebody else.")
    if request.method == "POST":
        request.actor.must(Deed.LEAD_PATHWAYS, request.actor.organisation)
        try:
            review_case(
                drawn=found, cause=request.POST.get("cause", ""), note=request.POST.get("note", ""),
                shown=int(request.POST.get("shown") or 0), by_name=request.actor.name, at=timezone.now(),
            )  # fmt: skip
            return redirect("wait_sample", found.sample.key)
        except UnknownNameError:
            fault = words("waits.fault.cause")
        except FyrbakError as error:
            fault = words.error(error)
    said = latest(found)
    typed = request.POST if request.method == "POST" else {}
    return page(
        request, "leader/wait_case", title=words("waits.case", number=found.number), section="work",
        crumbs=((words("waits.title"), reverse("waits")),
                (_name(found.sample, words), reverse("wait_sample", args=[found.sample.key]))),
        drawn=found, number=show([found.person_id], page=_OPENED).get(found.person_id, ""),
        steps=_steps(found, words), over=found.days - found.limit_days, said=said, fault=fault,
        shown=typed.get("shown", said.version if said else 0),
        chosen=typed.get("cause", said.cause if said else ""),
        note=typed.get("note", said.note if said else ""),
        causes=[(one.id, str(getattr(one.title, words.lang))) for one in causes()],
        may=request.actor.may(Deed.LEAD_PATHWAYS), status=400 if fault else 200,
    )  # fmt: skip


def _steps(found: Drawn, words: Words) -> Table:
    """The steps with their days: since the start, and since the step before."""
    dates = [("start", found.start_date), *((step, getattr(found, f"{step}_date")) for step in _STEPS)]
    rows: list[tuple[str, ...]] = []
    before = found.start_date
    for step, day in (*dates, ("end", found.end_date)):
        if day is None:
            rows.append((words(f"svf.step.{step}"), words("waits.unregistered"), "–", "–"))
            continue
        since = [str((day - start).days) for start in (found.start_date, before)]
        rows.append((words(f"svf.step.{step}"), formats.day_in_table(day), *since))
        before = day
    headings = ("waits.step", "waits.day", "waits.since_start", "waits.since_step")
    named = tuple(words(key) for key in headings)
    return Table(words("waits.steps"), named, (False, False, True, True), tuple(rows))
