"""HTML, PDF and Excel show the same numbers, say what is invented, and need neither eyes nor network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook

from fyrbak.errors import BadInputError
from fyrbak.reports import formats, writing
from fyrbak.reports.document import Document
from fyrbak.reports.follow_up import UnitView
from fyrbak.reports.html import html
from fyrbak.reports.marks import level_mark
from fyrbak.reports.pdf import pdf
from fyrbak.reports.wording import document
from fyrbak.reports.writing import write_report
from reported import COMMENT, Reported, reported


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reported]:
    with reported(tmp_path_factory.mktemp("outputs")) as found:
        yield found


@pytest.fixture(scope="module")
def swedish(told: Reported) -> Document:
    return document(told.found, "sv")


@pytest.fixture(scope="module")
def out(told: Reported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report's folder, written once."""
    folder = tmp_path_factory.mktemp("report") / "new"
    write_report(told.outline, told.snapshot, folder, "sv")
    return folder


def units(told: Reported) -> list[tuple[str, UnitView]]:
    """Every number shown, with its measure's kind."""
    return [
        (view.measure.kind, unit)
        for goal in told.found.goals
        for view in goal.evidence
        for part in view.parts
        for unit in (*part.units, part.country)
    ]


class Page(HTMLParser):
    """What the tests need to know of a page: its elements in order, its texts, and rows of cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self._cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._cell:
            self.rows[-1][-1] += data

    def named(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def test_the_page_shows_every_number(told: Reported, swedish: Document) -> None:
    page = Page(html(swedish))
    rows, words = [[cell.strip() for cell in row] for row in page.rows], " ".join(page.words)
    for _, unit in units(told):
        now = unit.now
        name = told.found.voice(unit.unit).name_sv
        wanted = [formats.value(now, "sv"), formats.interval(now, "sv"), formats.counts(now, "sv")]
        assert f", {formats.period(now, 'sv')}" in words
        assert [name, *wanted, now.period] in [row[:5] for row in rows]


def test_the_page_says_where_numbers_come_from(told: Reported, swedish: Document) -> None:
    text = " ".join(Page(html(swedish)).words)
    assert told.snapshot.id in text
    assert "30\u00a0juni 2025" in text
    for measure in told.found.measures():
        assert f"{measure.version} ({measure.hash})" in text


def test_the_page_is_built_for_everyone(swedish: Document) -> None:
    page = Page(html(swedish))
    assert page.elements[0][0] == "html" and page.named("html")[0]["lang"] == "sv"
    assert len(page.named("title")) == len(page.named("main")) == len(page.named("h1")) == 1
    assert page.named("a")[0]["class"] == "skip" and page.named("a")[0]["href"] == "#innehall"
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(page.named("table")) == len(page.named("caption"))
    assert all(head.get("scope") in ("col", "row") for head in page.named("th"))
    assert all(picture.get("alt") for picture in page.named("img"))


def test_addresses_in_the_page_lead_somewhere(swedish: Document, out: Path) -> None:
    page = Page(html(swedish))
    places = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(places) == len(set(places))
    for link in page.named("a"):
        assert (link["href"] or "").removeprefix("#") in places
    for name in [*(p["src"] for p in page.named("img")), *(s["href"] for s in page.named("link"))]:
        assert (out / str(name)).is_file()


def test_the_page_needs_no_scripts_and_no_other_hosts(out: Path) -> None:
    text = (out / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.named("script", "style", "iframe")
    assert not any(name.startswith("on") or name == "style" for _, a in page.elements for name in a)
    style = (out / "fyrbak.css").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//|@import|url\(", text.replace("<!doctype html>", "") + style)


def test_what_a_document_holds_is_shown_and_never_run(told: Reported, swedish: Document, out: Path) -> None:
    assert COMMENT in "".join(Page(html(swedish)).words)
    cells = [cell for row in load_workbook(out / writing.EXCEL)["Nivåer"].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == COMMENT] == ["s"]


def test_both_voices_stand_beside_each_other(told: Reported, swedish: Document) -> None:
    first = next(swedish.goals())
    assert [answer.level.letters for answer in first.answers] == ["U", "P/U", "P?", ""]
    assert [answer.level.shape for answer in first.answers] == ["●", "◒", "◐", "–"]
    assert "Ingen nivå angiven".lower() in first.answers[3].level.word
    assert all(len(answer.by_measure) == 2 for answer in first.answers)
    assert [remark.who for remark in first.remarks] == ["RCC Norr"]
    assert first.answers[1].comment == COMMENT


def test_what_cannot_be_measured_is_said(swedish: Document) -> None:
    states = {goal.number: goal.state for goal in swedish.goals()}
    assert states["1.1"] == ""
    assert states["1.2"] == "Målet självt mäts inte. Underlaget belyser det."
    assert states["1.4"] == "Kan inte mätas med dagens underlag."
    assert "1 mål kan inte mätas med dagens underlag." in swedish.state


def test_levels_are_counted_with_blanks_apart(swedish: Document) -> None:
    assert swedish.levels is not None
    by_region = {row[0]: [int(text) for text in row[1:]] for row in swedish.levels.rows}
    assert by_region["Region Västernorrland"] == [1, 2, 0, 0, 1, 4]
    assert by_region["Region Västerbotten"] == [2, 0, 0, 1, 1, 4]
    assert all(sum(counts[:-1]) == counts[-1] for counts in by_region.values())


def test_a_level_that_nobody_was_asked_for_is_not_a_blank(told: Reported) -> None:
    assert level_mark(None, told.outline, "sv").word == "Inte tillfrågad"


def test_hidden_numbers_are_words_everywhere(told: Reported, swedish: Document, out: Path) -> None:
    hidden = [unit for _, unit in units(told) if unit.now.suppressed]
    numbers = [n for goal in swedish.goals() for e in goal.evidence for t in e.tables for n in t.numbers]
    words = [n.value for n in numbers if n.interval == n.count == "–"]
    assert len(words) == len(hidden) > 0
    told_hidden = {unit.now.suppression.text("sv") for unit in hidden if unit.now.suppression}
    assert set(words) == {formats.sentence_case(words) for words in told_hidden}


def test_the_workbook_holds_every_year_as_numbers(told: Reported, out: Path) -> None:
    sheet = load_workbook(out / writing.EXCEL)["Underlag"]
    rows = list(sheet.iter_rows(values_only=True))
    place = {heading: at for at, heading in enumerate(rows[0])}
    key = [place[heading] for heading in ("Mål", "Mått", "Kod", "Period", "Uppdelning")]
    found = {tuple(row[at] for at in key): row for row in rows[1:]}
    assert len(found) == len(rows) - 1
    for goal in told.found.goals:
        for view in goal.evidence:
            scale = 100 if view.measure.kind in ("proportion", "ratio") else 1
            for part in view.parts:
                for unit in (*part.units, part.country):
                    for result in unit.series:
                        cut = ", ".join(f"{k}={v}" for k, v in result.cut.items()) or "alla"
                        row = found[goal.goal.number, result.measure, result.unit, result.period, cut]
                        value, n = row[place["Värde"]], row[place["Antal"]]
                        if result.suppression:
                            assert value == n == result.suppression.text("sv")
                        elif result.value is not None:
                            assert (n, value) == (result.n, pytest.approx(scale * result.value))
                        assert row[place["Ögonblicksbild"]] == told.snapshot.id
                        assert row[place["Definitionens hash"]] == view.measure.hash
    assert not any(cell is None for row in rows for cell in row), "no empty cells"
    said = {row[place["Kod"]] for row in rows[1:] if row[place["Alla jämförelser på en gång"]] != "–"}
    assert said == {"SE"}, "once for each measure, where the whole stands"


def test_everything_says_that_persons_are_invented(swedish: Document, out: Path) -> None:
    banner = "Påhittade personer. Inga uppgifter om verkliga människor."
    assert swedish.banner == banner
    assert banner in (out / "index.html").read_text(encoding="utf-8")
    assert load_workbook(out / writing.EXCEL)["Läget"]["A2"].value == banner


def test_invented_levels_are_said_too_and_real_rows_are_not_called_invented(told: Reported) -> None:
    real = replace(told.found, snapshot=replace(told.found.snapshot, synthetic=False))
    assert document(real, "sv").banner == ""
    made_up = replace(real, outline=replace(real.outline, synthetic=True))
    assert document(made_up, "en").banner == "The levels are invented."


def test_the_pdf_shows_every_number_on_pages_that_say_invented(told: Reported, out: Path) -> None:
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(out / writing.PDF)]
    assert pages
    assert all("Påhittade personer." in page for page in pages)
    assert all(told.snapshot.id in page for page in pages)
    squeezed = re.sub(r"\s", "", "".join(pages))
    for _, unit in units(told):
        if unit.now.value is not None:
            for shown in (formats.value(unit.now, "sv"), formats.counts(unit.now, "sv")):
                assert re.sub(r"\s", "", shown) in squeezed


def test_the_pdf_is_tagged_titled_and_the_same_each_time(swedish: Document, out: Path) -> None:
    data = (out / writing.PDF).read_bytes()
    assert data.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data
    assert b"/Lang (sv)" in data or b"/Lang(sv)" in data
    assert pdf(swedish) == data


def test_english_is_english(told: Reported) -> None:
    told_in_english = document(told.found, "en")
    text = " ".join(Page(html(told_in_english)).words)
    assert "Cannot be measured with today" in text
    assert "Jämtland Härjedalen Region" in text
    assert pdf(told_in_english).startswith(b"%PDF")
    ours = " ".join(told_in_english.state + told_in_english.rules)
    assert not re.search(r"\b(och|mål|nivå|data säger)\b", ours)


def test_a_file_in_the_way_is_said(told: Reported, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(BadInputError, match="is a file"):
        write_report(told.outline, told.snapshot, tmp_path / "out", "sv")
