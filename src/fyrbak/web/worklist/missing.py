"""What is missing of the pathways, and how the risk is counted and has held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.urls import reverse

from fyrbak.access.roles import Deed
from fyrbak.measures.risk_kept import kept
from fyrbak.pathways.ongoing.missing import Missing, kinds, lacking, since
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.ongoing.showing import show
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import pathway_title, place_name, who
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.whole_numbers import whole_number

MOST = 100  # rows of each kind on a page


@dataclass(frozen=True)
class Lack:
    """A case of which something is missing, and the days since it should have come."""

    key: str
    who: str
    pathway: str
    place: str
    since: date | None
    days: int | None


@dataclass(frozen=True)
class Group:
    """One kind of missing information with its cases. ``count`` is how many there are in all.

    ``rows`` are those after the first ``after``.
    """

    kind: Missing
    title: str
    mend: str
    count: int
    after: int
    rows: tuple[Lack, ...]

    @property
    def last(self) -> int:
        """The place of the last row that is shown."""
        return self.after + len(self.rows)

    @property
    def before(self) -> int:
        """After how many the rows before these begin."""
        return max(self.after - MOST, 0)


@allowed(Deed.FOLLOW_PATHWAYS)
def missing(request: Request) -> HttpResponse:
    """The cases in sight of which something is missing, by what. It is an entry in the log.

    The address may ask for one ``kind``, and for the rows ``after`` so many of it.
    """
    words, on = Words(language_of(request)), ground.today()
    asked = [kind for kind in kinds() if kind.id == request.GET.get("kind")]
    after = whole_number(request.GET.get("after", "")) or 0 if asked else 0
    found = [(kind, list(lacking(kind, Case.objects.all(), on))) for kind in asked or kinds()]
    parts = [
        (kind, len(cases), begin, cases[begin : begin + MOST])
        for kind, cases in found
        for begin in [after if after < len(cases) else 0]
    ]
    names = show([case.person_id for *_, cases in parts for case in cases], page="svf/missing")
    groups = [
        Group(
            kind, words.text(kind.title), words.text(kind.mend), count, begin,
            tuple(
                Lack(
                    str(case.key), who(names.get(case.person_id, "–")), pathway_title(case.pathway, words),
                    place_name(case.unit_id or case.region_id, words), day, (on - day).days if day else None,
                )
                for case in cases
                for day in [since(kind, case)]
            ),
        )
        for kind, count, begin, cases in parts
    ]  # fmt: skip
    return page(
        request, "worklist/missing", title=words("worklist.missing"), section="work", groups=groups,
        one=bool(asked),
        crumbs=((words("work.title"), reverse("work")), (words("worklist.title"), reverse("svf_worklist"))),
    )  # fmt: skip


@allowed(Deed.FOLLOW_PATHWAYS, Deed.LEAD_PATHWAYS)
def risk(request: Request) -> HttpResponse:
    """How the risk is counted, from whom, and how it has held on months that it was not counted from."""
    lang = language_of(request)
    words, told = Words(lang), kept()
    bands = [
        {
            "band": "–".join(formats.percent(end, lang, 0) for end in (band.lowest, band.highest)),
            "n": formats.integer(band.n, lang),
            "foretold": formats.percent(band.foretold, lang),
            "came": formats.percent(band.late / band.n, lang),
            "interval": "–".join(formats.percent(end, lang) for end in band.interval),
        }
        for band in (told.bands if told else ())
        if band.n >= _FEWEST
    ]
    return page(
        request, "worklist/risk", title=words("worklist.risk.title"), section="work", bands=bands,
        began=[formats.day_in_text(day, lang) for day in told.began] if told else [],
        months=[formats.day_in_text(day, lang) for day in told.months] if told and told.months else [],
        left_out=bool(told) and len(bands) < len(told.bands if told else ()),
        crumbs=((words("work.title"), reverse("work")), (words("worklist.title"), reverse("svf_worklist"))),
    )  # fmt: skip


_FEWEST = 5  # of a band: fewer are left out
