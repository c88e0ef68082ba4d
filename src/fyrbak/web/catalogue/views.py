"""The catalogue as anybody reads it: all pathways, one of them in any version, and what differs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.timezone import localdate, localtime

from fyrbak.access.roles import Deed
from fyrbak.pathways.catalogue import selectors
from fyrbak.pathways.catalogue.models import ReviewDay, Version
from fyrbak.pathways.catalogue.texts import trusted
from fyrbak.pathways.definitions import pathways
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import formats
from fyrbak.reports.catalogue import Identity, block_rows, doubts, limit_rows, measuring, paper, told
from fyrbak.reports.formats import Language
from fyrbak.reports.papers.pdf import pdf
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request
from fyrbak.web.catalogue.differing import differing
from fyrbak.web.catalogue.reach import chosen_version, crumbs, known_versions, to_pathway
from fyrbak.web.downloads import download
from fyrbak.web.language import language_of
from fyrbak.web.pages import page

_SHORT = 12  # how much of a hash tells one version from another


def catalogue(request: Request) -> HttpResponse:
    """Every pathway with the version in force. Four questions, whatever there is."""
    words, on = Words(language_of(request)), localdate()
    held, days = selectors.all_in_force(on), selectors.review_days(on)
    coming = selectors.coming(on)
    rows = [
        {
            "id": one.id,
            "title": told(one.title, words),
            "version": held[one.id].day if one.id in held else one.version,
            "coming": coming.get(one.id),
            "known": sum(limit.judges for limit in one.limits),
            "limits": len(one.limits),
            "review": days[one.id].day if one.id in days else None,
            "due": one.id in days and days[one.id].day < on,
        }
        for one in pathways()
    ]
    return page(
        request, "catalogue/catalogue", title=words("catalogue.title"), section="pathways",
        rows=sorted(rows, key=lambda row: str(row["title"]).casefold()), known=request.actor.known,
    )  # fmt: skip


def pathway(request: Request, name: str) -> HttpResponse:
    """One pathway: all that it says, and its versions."""
    words, on = Words(language_of(request)), localdate()
    known = known_versions(name)
    version = chosen_version(known, on, request.GET.get("version"))
    in_force, content = selectors.in_force(known, on), trusted(version.content)
    review = selectors.review_of(version)
    return page(
        request, "catalogue/pathway", title=told(content.title, words), section="pathways",
        crumbs=crumbs(words), pathway=content, criteria=content.criteria(words.lang),
        version=version, is_in_force=version == in_force,
        hash=version.sha256[:_SHORT], doubts=doubts(content, words), limits=limit_rows(content, words),
        blocks=block_rows(content, words), points=measuring(content, words),
        filter=told(content.filter_function, words) if content.filter_function else "",
        review=review, overdue=review is not None and review.day < on,
        versions=[_listed(one, in_force, words) for one in known], several=len(known) > 1,
        may_write=request.actor.may(Deed.WRITE_PATHWAY),
        may_review=request.actor.may(Deed.APPROVE_PATHWAY, COUNTRY),
    )  # fmt: skip


def _listed(one: Version, in_force: Version | None, words: Words) -> dict[str, Any]:
    """A version in the list of a pathway's versions."""
    lang = formats.language(words.lang)
    later = in_force is None or one.day > in_force.day
    standing = "in_force" if one == in_force else "later" if later else "earlier"
    day = formats.day_in_text(localtime(one.at).date(), lang)
    return {
        "version": one,
        "hash": one.sha256[:_SHORT],
        "standing": words(f"catalogue.{standing}"),
        "came": words("catalogue.packaged")
        if one.packaged
        else words("catalogue.published_by", day=day, who=one.by_name),
    }


def sheet(request: Request, name: str) -> HttpResponse:
    """A version to print, as a tagged PDF."""
    lang = language_of(request)
    version = chosen_version(known_versions(name), localdate(), request.GET.get("version"))
    made = paper(
        trusted(version.content), _identity(version, selectors.review_of(version)), lang,
        on=localtime(version.at).date(),
    )  # fmt: skip
    return download(pdf(made), f"{name}-{version.day}.pdf", inline=True)


def _identity(version: Version, review: ReviewDay | None) -> Identity:
    return Identity(version.day, version.sha256[:_SHORT], review.day if review else None)


def differences(request: Request, name: str) -> HttpResponse:
    """What differs between two versions: the one in force and the one before it, until others are chosen."""
    lang = language_of(request)
    words, on = Words(lang), localdate()
    known = known_versions(name)
    now = chosen_version(known, on, request.GET.get("to"))
    earlier = known[known.index(now) + 1 :]
    asked = request.GET.get("from") or (str(earlier[0].pk) if earlier else "")
    before = chosen_version(known, on, asked) if len(known) > 1 else None
    content = trusted(now.content)
    return page(
        request, "catalogue/differences", title=words("catalogue.differences"), section="pathways",
        crumbs=crumbs(words, to_pathway(words, name)), before=before, now=now,
        choices=[_choice("from", before, known, words), _choice("to", now, known, words)],
        lead=words(
            "catalogue.differences.lead", title=told(content.title, words), before=_day(before, lang),
            now=_day(now, lang),
        ) if before else "",
        found=differing(trusted(before.content), content, words) if before else [],
    )  # fmt: skip


def _day(version: Version, lang: Language) -> str:
    return formats.day_in_text(version.day, lang)


def _choice(name: str, chosen: Version | None, known: list[Version], words: Words) -> dict[str, Any]:
    return {
        "name": name,
        "label": words(f"catalogue.differences.{name}"),
        "options": [(str(one.pk), formats.day_in_table(one.day)) for one in known],
        "chosen": str(chosen.pk) if chosen else "",
    }
