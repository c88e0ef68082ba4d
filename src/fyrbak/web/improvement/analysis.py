"""The draft of the yearly analysis, to read and to take away."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate

from fyrbak.access.roles import Deed
from fyrbak.errors import UnknownNameError
from fyrbak.goals.improvement.task_list import task_list
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import formats
from fyrbak.reports.document import Document
from fyrbak.reports.formats import Language
from fyrbak.reports.papers.html import article
from fyrbak.reports.papers.paper import Paper
from fyrbak.reports.papers.word import word
from fyrbak.reports.words import Words
from fyrbak.reports.yearly_analysis import yearly_analysis
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.downloads import download
from fyrbak.web.language import language_of
from fyrbak.web.pages import page


@allowed(Deed.FOLLOW_TASKS)
def analysis(request: Request) -> HttpResponse:
    """The draft as a page."""
    words, paper = Words(language_of(request)), _paper(language_of(request))
    return page(
        request, "improvement/analysis", title=paper.title, section="plans", article=article(paper),
        crumbs=((words("page.plans"), reverse("plans")), (words("tasks.title"), reverse("strategy_tasks"))),
    )  # fmt: skip


@allowed(Deed.FOLLOW_TASKS)
def analysis_file(request: Request) -> HttpResponse:
    """The draft as a Word file, to be written on."""
    paper = _paper(language_of(request))
    return download(word(paper), f"analysis-{paper.on}.docx")


def _paper(lang: Language) -> Paper:
    words, on, told = Words(lang), localdate(), _strategy(lang)
    made_of = [(words("tasks.source"), task_list().source)]
    facts = ground.facts()
    if facts:
        made_of.append((words("snapshot"), f"{facts.id}, {facts.title}"))
    return Paper(
        kind="yearly-analysis", lang=lang, title=words("analysis.title"),
        subtitle=words("analysis.subtitle", day=formats.day_in_text(on, lang)), owner=COUNTRY, on=on,
        banner=words("banner") if facts and facts.synthetic else "",
        synthetic=bool(facts and facts.synthetic), snapshot=facts.id if facts else "", landscape=True,
        blocks=tuple(yearly_analysis(on, lang, told)), made_of=tuple(made_of),
    )  # fmt: skip


def _strategy(lang: Language) -> Document | None:
    """The strategy with its levels and numbers; None before it is stored or there are any data."""
    try:
        plan = ground.opened(task_list().plan)
    except UnknownNameError:
        return None
    return ground.held(plan).document(lang) if plan else None
