"""Reports on the public site: only those that have been given out, word for word, known by their hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.test import Client

from fyrbak.goals.frozen import frozen_rounds
from fyrbak.records.models import Organisation
from fyrbak.reports.builder.freezing import ARTICLE, release_report
from fyrbak.reports.builder.services import begin_report
from fyrbak.reports.models import FrozenFile, FrozenReport
from fyrbak.reports.words import Words
from pages import NORTH_PLAN, as_owner
from published import AT

DATA = '{"påhittad":true}'
HASH = hashlib.sha256(DATA.encode()).hexdigest()
PATH = f"/open/reports/{HASH[:12]}/"


@pytest.fixture
def report(published: Path) -> FrozenReport:
    """A frozen report that nobody has given out, unless a test before this one did."""
    with as_owner():
        known = FrozenReport.objects.filter(sha256=HASH).first()
        if known:
            return known
        follow_up = frozen_rounds().get(edition__key=NORTH_PLAN.split("/")[2])
        draft = begin_report(
            kind="follow-up", owner=Organisation.objects.get(pk="rcc:norr"), title="Norra uppföljningen",
            lang="sv", edition=follow_up.edition, round_=follow_up, year=2024, by_name="Anna", at=AT,
        )  # fmt: skip
        made = FrozenReport.objects.create(
            sha256=HASH, draft=draft, owner=draft.owner, kind=draft.kind, title=draft.title, lang="sv",
            data=DATA, software="0", synthetic=True, by_name="Anna", at=AT,
        )  # fmt: skip
        for name, content in (
            (ARTICLE, b"<h1>Norra</h1><p>Ord som frystes.</p>"),
            ("report.pdf", b"%PDF-1.7"),
        ):
            sha256 = hashlib.sha256(content).hexdigest()
            FrozenFile.objects.create(report=made, name=name, sha256=sha256, content=content)
        return made


def test_where_no_report_is_given_out_the_page_says_so(records: str) -> None:
    assert Words("sv")("public.reports.none") in Client().get("/open/reports/").content.decode()


def test_a_frozen_report_is_public_from_the_moment_it_is_given_out(report: FrozenReport) -> None:
    reader = Client()
    assert reader.get(PATH).status_code == reader.get(f"{PATH}report.pdf").status_code == 404
    assert PATH not in reader.get("/open/reports/").content.decode()
    with as_owner():
        release_report(report=report, by_name="Anna", at=AT)
    listed = reader.get("/open/reports/").content.decode()
    assert PATH in listed and "RCC Norr" in listed
    html = reader.get(PATH).content.decode()
    assert "<p>Ord som frystes.</p>" in html and HASH in html and "Anna" not in html


def test_its_files_are_known_again_by_their_own_hash(report: FrozenReport) -> None:
    with as_owner():
        release_report(report=report, by_name="Anna", at=AT)
    reader = Client()
    pdf = reader.get(f"{PATH}report.pdf")
    assert (pdf.content, pdf.headers["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
    assert reader.get(f"{PATH}report.pdf", headers={"If-None-Match": pdf.headers["ETag"]}).status_code == 304
    data = reader.get(f"{PATH}report.json")
    assert data.headers["ETag"] == f'"{HASH}"' and hashlib.sha256(data.content).hexdigest() == HASH
    assert reader.get(f"{PATH}report.exe").status_code == 404
