"""Words that are broken over lines."""

from __future__ import annotations

import pytest

from fyrbak.goals.documents.words import Line, Vocabulary, join

VOCABULARY = Vocabulary(
    [
        "Ett gemensamt kansli för cancersjukdomar i verksamheterna och ett kssk-nätverk finns. ",
        "Varje patient- och närståenderepresentant deltar. ",
        "bru-",
        "ten rad ",
    ]
)


def joined(*lines: str) -> tuple[str, str | None]:
    return join([Line(n, raw) for n, raw in enumerate(lines, start=1)], VOCABULARY)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("alla patienter ", "ska erbjudas "), "alla patienter ska erbjudas"),
        (("ett gemen-", "samt kansli "), "ett gemensamt kansli"),
        (("inkluderar 62-", "åriga män "), "inkluderar 62-åriga män"),
        (("tjock- ", "och ändtarm "), "tjock- och ändtarm"),
        (("barn- och ", "unga "), "barn- och unga"),
        (("årlig SVF-PREM-", "mätning "), "årlig SVF-PREM-mätning"),
        (("vid kssk-", "dag "), "vid kssk-dag"),
        (("Det gemensamma OPT-", "kansliet "), "Det gemensamma OPT-kansliet"),
        (("erbjudas kon-", "taktsjuk-", "sköterska "), "erbjudas kontaktsjuksköterska"),
        (("närstående-", "representant "), "närståenderepresentant"),
        (("LPO ", "cancersjukdo", "mar "), "LPO cancersjukdomar"),
        (("Verksamheter", "na "), "Verksamheterna"),
        (("2025–", "2027 "), "2025–2027"),
        (("videomöten/ ", "ronder "), "videomöten/ronder"),
        (("ohälsosamma levnadsvanor – ", "prevention "), "ohälsosamma levnadsvanor – prevention"),
        (("Första stycket. ", " ", "Andra stycket. "), "Första stycket.\nAndra stycket."),
        (("med stöd av: ", "-LPO ", "- ", "Enheten "), "med stöd av:\n-LPO\n- Enheten"),
        (("är påbörjat.  Resultat ", "visar "), "är påbörjat. Resultat visar"),
        ((" ", " ", "2025–2027 "), "2025–2027"),
        ((" ",), ""),
    ],
)
def test_a_break_is_mended_without_doubt(lines: tuple[str, ...], text: str) -> None:
    assert joined(*lines) == (text, None)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("Bild- och ", "funktions-      ", "diagnostik "), "Bild- och funktionsdiagnostik"),
        (("den nya Umeå-", "Modellen "), "den nya Umeå-Modellen"),
    ],
)
def test_a_break_that_must_be_guessed_is_doubtful(lines: tuple[str, ...], text: str) -> None:
    read, doubt = joined(*lines)
    assert read == text
    assert doubt


def test_the_vocabulary_holds_no_broken_words() -> None:
    assert "gemensamt" in VOCABULARY
    assert "bru" not in VOCABULARY
    assert "ten" not in VOCABULARY
