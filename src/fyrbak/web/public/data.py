"""Open data: the list of all files, what their columns hold, and a catalogue for machines."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fyrbak.goals.frozen import frozen_rounds
from fyrbak.measures.given_out import entries
from fyrbak.reports.public.releases import name_of
from fyrbak.reports.public.tables import MEASURE, ROUND, STRATEGY, TABLES, OpenTable, fingerprint, readme
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.public.frame import address, licence, open_page
from fyrbak.web.public.given_away import conditional, page_given_away

_LICENCES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
}


@page_given_away
def data(request: HttpRequest) -> HttpResponse:
    """Every file there is."""
    lang = language_of(request)
    w = Words(lang)
    return open_page(
        request, "data", title=w("open.title"), section="open_data",
        releases=[(one, name_of(one, lang)) for one in reversed(entries())],
        rounds=[(one, w.of(one.edition.plan, "title")) for one in frozen_rounds()],
        form=[w(f"open.form.{key}") for key in ("encoding", "empty", "hidden", "address", "hash")],
        tables=[
            (
                w(f"open.{table.id}"),
                [(one.name, w(f"open.kind.{one.kind}"), table.says(one, lang)) for one in table.columns],
            )
            for table in TABLES
        ],
    )  # fmt: skip


def about(request: HttpRequest) -> HttpResponse:
    """What every file and column holds, as a text to keep beside the files."""
    lang = language_of(request)
    body = readme(lang, licence(Words(lang))).encode()
    return conditional(request, body, "text/markdown; charset=utf-8", etag=fingerprint(body))


def catalogue(request: HttpRequest) -> HttpResponse:
    """All files as a data package: where they are, what they hold, and by which terms."""
    resources = [
        _resource(MEASURE, f"release-{one.number}", name_of(one, "en"), "open_table", one.number, "csv")
        for one in entries()
    ]
    resources += [
        _resource(ROUND, f"round-{one.pk}", f"{one.edition.plan.title_en}, {one.label}", "open_answers",
                  one.edition.key, one.label, "csv")
        for one in frozen_rounds()
    ]  # fmt: skip
    title = Words("en")("public.strategy")
    resources.append(_resource(STRATEGY, "strategy", title, "open_strategy_file", "csv"))
    terms = settings.OPEN_LICENCE
    content: dict[str, Any] = {"name": "fyrbak", "title": Words("en")("open.title"), "resources": resources}
    if terms:
        content["licenses"] = [{"name": terms, "path": _LICENCES.get(terms, "")}]
    body = json.dumps(content, ensure_ascii=False, indent=1).encode()
    return conditional(request, body, "application/json", etag=fingerprint(body))


def _resource(table: OpenTable, name: str, title: str, address_name: str, *places: object) -> dict[str, Any]:
    return {
        "name": name, "title": title, "path": address(address_name, "sv", *places), "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8",
        "schema": {"fields": table.fields(), "missingValues": [""]},
    }  # fmt: skip
