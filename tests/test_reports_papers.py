"""Files made of a paper: the same bytes each time, tagged, and with all that the paper says."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import docx
import pypdfium2
import pytest
from openpyxl import load_workbook

from fyrbak.errors import BadInputError
from fyrbak.reports.papers import html
from fyrbak.reports.papers.excel import excel
from fyrbak.reports.papers.paper import (
    Bullets,
    Heading,
    Paper,
    Paragraph,
    Picture,
    Sheet,
    canonical,
    content_hash,
    paper_from,
    plain_table,
)
from fyrbak.reports.papers.pdf import pdf
from fyrbak.reports.papers.word import word
from papers import ON, paper

TABLE = plain_table(
    "Talen", ("Region", "Andel"), (("Norrbotten", "49,0 %"), ("Västerbotten", "41,0 %")), (False, True)
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="60"><rect width="200" height="40"/></svg>'
FIGURE = Picture(
    name="0" * 16, title="Andelen ökade", svg=SVG, alt="En liggande stapel.", note="Så läser du.", table=TABLE
)


@pytest.fixture(scope="module")
def whole() -> Paper:
    """A paper with every kind of block."""
    blocks = (
        Heading(text="Läget"), Paragraph(text="Allt går <framåt> & väl.", label="RN"),
        Bullets(items=("ett", "två")), TABLE, FIGURE,
    )  # fmt: skip
    sheet = Sheet(name="Tal", headings=("Region", "Andel"), rows=(("Norrbotten", 0.49), ("=1+1", None)))
    return paper(*blocks).model_copy(update={"sheets": (sheet,)})


def test_the_same_paper_is_the_same_json_and_another_is_not(whole: Paper) -> None:
    data = canonical(whole)
    assert paper_from(data) == whole and canonical(paper_from(data)) == data
    assert content_hash(data) == content_hash(canonical(whole.model_copy()))
    assert content_hash(canonical(whole.model_copy(update={"title": "En annan"}))) != content_hash(data)
    with pytest.raises(BadInputError, match="cannot be read"):
        paper_from(data[:-2])


@pytest.mark.parametrize("make", [word, excel, pdf])
def test_files_are_the_same_bytes_each_time(whole: Paper, make: object) -> None:
    assert callable(make)
    assert make(whole) == make(paper_from(canonical(whole)))


@pytest.mark.parametrize("make", [word, excel])
def test_office_files_bear_the_papers_day_and_no_clock(whole: Paper, make: object) -> None:
    assert callable(make)
    with zipfile.ZipFile(BytesIO(make(whole))) as package:
        assert {entry.date_time[:3] for entry in package.infolist()} == {(ON.year, ON.month, ON.day)}
        core = package.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[^<]*", core)) == {f"{ON}T00:00:00Z"}


def test_the_pdf_is_tagged_and_says_all(whole: Paper) -> None:
    made = pdf(whole)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    document = pypdfium2.PdfDocument(made)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    for words in (
        "Läget",
        "Allt går <framåt> & väl.",
        "Norrbotten",
        "49,0 %",
        "Andelen ökade",
        "Så läser du.",
    ):
        assert words in text


def test_pictures_in_word_have_words(whole: Paper) -> None:
    [picture] = docx.Document(BytesIO(word(whole))).inline_shapes
    assert picture._inline.docPr.get("descr") == "En liggande stapel."


def test_the_page_is_escaped_and_its_figures_have_words(whole: Paper) -> None:
    article = html.article(whole)
    assert "Allt går &lt;framåt&gt; &amp; väl." in article
    assert 'alt="En liggande stapel."' in article and f'src="{"0" * 16}.svg"' in article
    assert article.count("<caption>") == article.count("<table") == 2
    assert 'style="' not in article and "<script" not in article


def test_the_workbook_holds_numbers_and_never_runs_text(whole: Paper) -> None:
    book = load_workbook(BytesIO(excel(whole)))
    assert [cell.value for cell in book["Tal"][2]] == ["Norrbotten", 0.49]
    assert book["Tal"]["A3"].data_type == "s"
