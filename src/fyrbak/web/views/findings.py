"""What could not be right in the events of the pathways: counted by rule, never dropped in silence."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from fyrbak.measures.disclosure import Suppressed, protected
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.kept import content_version
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.kept import kept
from fyrbak.web.language import language_of
from fyrbak.web.pages import message, page

Counts = dict[tuple[str, str, str], dict[str, int]]  # rule with its texts, then pathway: how many


@kept
def findings(request: HttpRequest) -> HttpResponse:
    """Every rule with how many findings it has, by pathway."""
    opened, lang = ground.snapshot(), language_of(request)
    if opened is None:
        return message(request, "empty", 200)
    words = Words(lang)
    titles = {p.id: str(getattr(p.title, lang)) for p in pathways()}

    def shown(count: int | Suppressed) -> str:
        if isinstance(count, Suppressed):
            return formats.sentence_case(count.text(lang))
        return formats.integer(count, lang)

    rules = []
    for (rule, sv, en), counts in counted(opened).items():
        safe = protected({"": sum(counts.values())} | counts, total="")
        total = shown(safe.pop(""))
        rows = [
            (titles.get(name, words("page.unknown_pathway")), shown(count)) for name, count in safe.items()
        ]
        rules.append({"rule": rule, "text": sv if lang == "sv" else en, "total": total, "rows": sorted(rows)})
    return page(request, "findings", title=words("page.findings"), section="findings", rules=rules)


def counted(opened: Snapshot) -> Counts:
    """The findings of a snapshot, counted. Kept while the pathways are as they are."""
    if (opened.id, content_version()) not in _counted:
        _counted[opened.id, content_version()] = _count(opened)
    return _counted[opened.id, content_version()]


_counted: dict[tuple[str, str], Counts] = {}


def _count(opened: Snapshot) -> Counts:
    found = run(opened).findings
    table = found.group_by("rule", "text_sv", "text_en", "pathway").aggregate(n=found.count())
    counts: Counts = {}
    rows = opened.engine.answer(table.order_by("rule", "pathway")).to_pylist()
    for row in rows:
        by_pathway = counts.setdefault((row["rule"], row["text_sv"], row["text_en"]), {})
        by_pathway[row["pathway"] or "unknown"] = row["n"]
    return counts
