"""What cannot be read is answered in one line that says what is wrong and how to mend it."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from fyrbak.errors import BadInputError
from fyrbak.goals.documents import read_document
from goals_documents_layouts import (
    WrittenArea,
    WrittenGoal,
    excel_file,
    flat_follow_up,
    follow_up_rows,
    word_file,
)

GOAL = WrittenGoal(
    ("Alla ska erbjudas stöd i god tid före start.",), {"A": "U", "B": "P"}, {"A": ("Klart sedan i maj.",)}
)
TEXT = flat_follow_up([WrittenArea("1", "Stöd", goals=(GOAL, GOAL))], ["A", "B"])
ROWS = follow_up_rows([GOAL], ["A", "B"])


def zipped(**files: str) -> bytes:
    """A zip package of text files, `__` in a name standing for a slash."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, text in files.items():
            package.writestr(name.replace("__", "/"), text)
    return packed.getvalue()


BAD = {
    "empty": (b"", "the file is empty"),
    "only white space": (b" \n\n ", "the file is empty"),
    "a PDF called .txt": (b"%PDF-1.7\n%\xe2\xe3", "PDF is damaged"),
    "an old Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or locked Office file"),
    "binary": (b"abc\x00\x01\x02", "the file is not text"),
    "another encoding": (TEXT.encode("cp1252"), "line 2 is not in UTF-8"),
    "half a package": (word_file([("1. Stöd", ROWS, [])])[:2000], "damaged"),
    "a damaged Word file": (zipped(word__document="<w"), "Word file is damaged"),
    "a damaged Excel file": (zipped(xl__workbook="<w"), "Excel file is damaged"),
    "another package": (zipped(content="x"), "neither a Word nor an Excel file"),
    "a letter": (b"Hej! \nSka vi ses? \n", "the header row of neither kind"),
    "both kinds": (
        (TEXT + "2. Plan \n\nAktivitet Hur? Vem? \nInformera alla \nberörda \n\n").encode(),
        "tables of both kinds",
    ),
    "Word without tables": (word_file([]), "no table with the columns"),
    "Excel without the columns": (
        excel_file([["Mål", "Status"], ["Stöd till alla", "Klart"]]),
        "no table with the columns",
    ),
    "Excel without region labels": (
        excel_file([["Mål", "Uppföljning", "", "Kommentarer"], ["x", "", "", ""]]),
        "Plan!B1",
    ),
    "Excel without rows": (excel_file(ROWS[:2], [(0, 1, 0, 2)]), "headers but no rows"),
    "no heading": (TEXT[TEXT.index("Mål Upp") :].encode(), "no numbered heading"),
    "no region labels": (TEXT.replace("A B ", "").encode(), "region labels"),
    "trimmed": (
        "\n".join(line.rstrip() for line in TEXT.split("\n")).encode(),
        "Save the text again without trimming",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    data, message = BAD[name]
    path = tmp_path / "document.txt"
    path.write_bytes(data)
    with pytest.raises(BadInputError) as error:
        read_document(path)
    said = str(error.value)
    assert message in said
    assert said.startswith("document.txt: ")
    assert said.endswith(".")
    assert "\n" not in said


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"nowhere\.txt: the file does not exist"):
        read_document(tmp_path / "nowhere.txt")
    with pytest.raises(BadInputError, match="is a folder"):
        read_document(tmp_path)


def test_the_good_text_that_the_bad_ones_are_made_of_is_read(tmp_path: Path) -> None:
    path = tmp_path / "document.txt"
    path.write_text(TEXT, encoding="utf-8")
    assert [row.id for row in read_document(path).areas[0].rows] == ["1.1", "1.2"]
