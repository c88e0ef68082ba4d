"""Freezing a report: its paper is kept under the hash over its own content, with the files made of it.

``rebuild`` makes the files again from the paper alone. The data come back byte for byte; the files do too
while the libraries that write them are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

from django.db import transaction
from django.utils.timezone import localdate

from fyrbak.errors import BadInputError
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.builder import selectors
from fyrbak.reports.builder.composing import paper_of
from fyrbak.reports.builder.ground import Ground
from fyrbak.reports.builder.review import review
from fyrbak.reports.html import STYLE_SHEET
from fyrbak.reports.models import FrozenFile, FrozenReport, ReportDraft, ReportRelease
from fyrbak.reports.papers import html
from fyrbak.reports.papers.excel import excel
from fyrbak.reports.papers.paper import Paper, canonical, content_hash, paper_from
from fyrbak.reports.papers.pdf import pdf
from fyrbak.reports.papers.word import word

ARTICLE, DATA = "article.html", "report.json"
_MADE: dict[str, Callable[[Paper], bytes]] = {
    ARTICLE: lambda paper: html.article(paper).encode(),
    "report.pdf": pdf,
    "report.docx": word,
    "report.xlsx": excel,
}


def files_of(paper: Paper) -> dict[str, bytes]:
    """Every file that is made of a paper, its pictures included, by name."""
    made = {name: make(paper) for name, make in _MADE.items()}
    return made | {f"{picture.name}.svg": picture.svg.encode() for picture in paper.pictures()}


def preview(draft: ReportDraft, ground: Ground, on: date) -> Paper:
    """The draft as the paper that it would be frozen as."""
    parts = selectors.parts(draft)
    return paper_of(draft, parts, ground, review(parts, ground), on)


@transaction.atomic
def freeze_report(
    *, draft: ReportDraft, snapshot: Snapshot | None, by_name: str, at: datetime
) -> FrozenReport:
    """Check the draft a last time and keep it for good. The same content again is the same frozen report.

    Raises BadInputError while something on the red list is unanswered.
    """
    parts, ground = selectors.parts(draft), selectors.ground_of(draft, snapshot)
    found = review(parts, ground)
    if not found.ready:
        claims, loose = len(list(found.open())), len(found.loose)
        raise BadInputError(
            f"the report is not ready: {claims} claims do not hold or have lost their sentence, and {loose} "
            "numbers are not bound to any claim. Answer them first.",
            word="builder.fault.not_ready", claims=claims, loose=loose,
        )  # fmt: skip
    paper = paper_of(draft, parts, ground, found, localdate(at))
    data = canonical(paper)
    known = FrozenReport.objects.filter(sha256=content_hash(data)).first()
    if known:
        return known
    frozen = FrozenReport.objects.create(
        sha256=content_hash(data), draft=draft, owner=draft.owner, kind=draft.kind, title=draft.title,
        lang=draft.lang, data=data.decode(), snapshot=paper.snapshot, software=version("fyrbak"),
        synthetic=paper.synthetic, by_name=by_name, at=at,
    )  # fmt: skip
    FrozenFile.objects.bulk_create(
        FrozenFile(report=frozen, name=name, sha256=hashlib.sha256(content).hexdigest(), content=content)
        for name, content in files_of(paper).items()
    )
    return frozen


def release_report(*, report: FrozenReport, by_name: str, at: datetime) -> ReportRelease:
    """Give a frozen report out: from now on anybody may read it. Once given out, it stays so."""
    found, _ = ReportRelease.objects.get_or_create(report=report, defaults={"by_name": by_name, "at": at})
    return found


@dataclass(frozen=True)
class Rebuilt:
    """Files made anew from a frozen report. ``same``: by name, whether each is what was kept."""

    sha256: str
    files: tuple[Path, ...]
    same: Mapping[str, bool]


def rebuild(*, data: bytes, out: Path, sha256: str = "", kept: Mapping[str, str] | None = None) -> Rebuilt:
    """Make all files of a frozen report again below ``out``, from its data alone.

    ``sha256`` is the hash that the data should have, ``kept`` the hashes of its files by name. Raises
    BadInputError for data that are not what was frozen, or if ``out`` is a file.
    """
    found = content_hash(data)
    if sha256 and found != sha256:
        raise BadInputError(
            f"the data of report {sha256[:12]} have the hash {found[:12]}: they are not what was frozen."
        )
    if out.exists() and not out.is_dir():
        raise BadInputError(f"{out}: is a file. Give a folder for the report.")
    paper = paper_from(data)
    made = files_of(paper)
    out.mkdir(parents=True, exist_ok=True)
    written = made | {
        DATA: data,
        "index.html": html.page(paper).encode(),
        STYLE_SHEET.name: STYLE_SHEET.read_bytes(),
    }
    for name, content in written.items():
        (out / name).write_bytes(content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
    same = {name: hashes.get(name) == was for name, was in (kept or {}).items()}
    return Rebuilt(found, tuple(out / name for name in sorted(written)), same)
