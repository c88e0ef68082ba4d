"""Values that have a form of their own in a report: TNM, grade, receptors, Ki-67, size.

Margins and lymph nodes, which are told in sentences, are in ``statements.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_I = re.IGNORECASE
_TNM = re.compile(
    r"(?<![\w-])(?P<prefix>[yra]?[cp]?)T(?P<t>is|[0-4](?:mi|[a-d]\d?)?|X|a)(?:\s*\((?:m|\d+|sn|is|[A-Z]{4})\))?"
    r"(?:[\s,]*(?P<np>[yra]?[cp]?)N(?P<n>[0-3](?:mi|[a-c])?|X)(?:\s*\((?:sn|i[+-]|mol[+-])\))?)?"
    r"(?:[\s,]*[yra]?[cp]?M(?P<m>[01](?:[a-d])?|X))?(?![\w-])"
)
# Other scales, stages, and grades of the growth in situ: none is the tumour's grade on three steps.
_OTHER_SCALE = r"isup|gleason|group|grupp|kärn|nuclear|nukleär|sta[dg]|fuhrman|dcis|in situ|gradient"
_GRADE = re.compile(
    r"\b(?:nhg|elston\w*|nottingham\w*|figo|who|\w*grad|\w*graden|\w*gradering|graderas|graded?)\b"
    rf"(?:(?!{_OTHER_SCALE})(?:[^.;\n\d]|(?:19)?99\b)){{0,40}}?"
    r"\b[gG]?(?P<g>[1-3]|(?-i:I{1,3}))\b(?![+/%]|[.,]\d|\s*(?:mm|cm|%|x\b|av\s+\d\d|of\s+\d\d))",
    _I,
)
_OTHER_BEFORE = re.compile(rf"(?:{_OTHER_SCALE})[\w\s-]{{0,12}}$", _I)
_LEVELS = {"1": "hög|väl|well", "2": "medelhög|måttlig|moderate(?:ly)?", "3": "låg|dålig|poor(?:ly)?"}
_DIFFERENTIATED = r"(?:differenti\w+|diff\b)"
_DIFFERENTIATION = {
    grade: re.compile(
        rf"\b(?:{words})t?\s+(?:grad\s+av\s+)?{_DIFFERENTIATED}"
        rf"|\b{_DIFFERENTIATED}(?:\s+(?:är|bedöms\s+som|is))?\s*:?\s*(?:{words})t?\b",
        _I,
    )
    for grade, words in _LEVELS.items()
}
_RECEPTOR = {
    "er": r"(?:\b(?-i:ER)\b|\b(?:östrogen-?receptor|o?estrogen\s+receptor)\w*)",
    "pr": r"(?:\b(?-i:PR|PgR|PGR)\b|\b(?:progesteron-?receptor|progesterone?\s+receptor)\w*)",
}
_PER_CENT = r"\s*(?:%|procent\b|per\s?cent\b)"
_TOLD_OF_ONE = r"(?:(?!\b(?:ER|PR|PgR|HER-?2|Ki-?67)\b)[^.;\n\d%<+])"  # letters that lead on to its value
_SAID = (
    rf"(?:\s*\(\w{{2,3}}\))?{_TOLD_OF_ONE}{{0,45}}?"
    rf"(?:(?P<below><\s*)?(?P<share>\d{{1,3}}){_PER_CENT}|(?P<word>\b(?:positiv|negativ)\w*|\b(?:pos|neg)\b|\+))"
)
_HER2 = re.compile(
    r"\bHER-?2(?:/neu)?(?P<between>[^.;\n\d+]{0,45}?)"
    r"(?:(?P<word>\b(?:positiv|negativ)\w*|\b(?:pos|neg)\b|(?:ej|inte|icke|not)[\s-]+ampli\w+|ampli\w+)"
    r"|\b(?P<score>[0-3])\+?(?![\d%]|\s*(?:%|procent)))",
    _I,
)
_KI67 = re.compile(rf"\b(?:ki-?\s?67|mib-?1)\b[^.;\n\d%<>]{{0,45}}?\b(?P<share>\d{{1,3}}){_PER_CENT}", _I)
_NUMBER = r"\d{1,3}(?:[.,]\d)?"
_SIDES = (
    rf"(?<![\d.,])(?P<a>{_NUMBER})(?:\s*[mc]m)?(?:\s*[x×]\s*(?P<b>{_NUMBER}))?(?:\s*[x×]\s*(?P<c>{_NUMBER}))?"
)
_UNIT = r"\s*(?P<unit>mm|cm)\b(?!\s+(?:tjock|djup|thick|deep|från|from))"
# What is measured is the tumour: not its thickness, nor what was sent in, nor the growth in situ beside it.
_OTHER_MEASURED = (
    r"tjock|thick|breslow|margin|avstånd|distan|in situ|dcis|lcis|\bcin|preparat|resekt|specimen|utbredn"
)
_MEASURED = (
    r"\b(?:tumör(?!tjock|resekt|prepar)\w*|tumou?rs?|storlek|size|största\s+diameter\w*|greatest\s+dimension"
    r"|lesion(?:'s)?)"
)
_SIZES = (
    re.compile(rf"{_MEASURED}(?:(?!{_OTHER_MEASURED})[^.\d\n]){{0,50}}?{_SIDES}{_UNIT}", _I),
    re.compile(rf"\b{_SIDES}{_UNIT}\s+(?:(?:stor|large)\s+)?(?:\w+\s+)?(?:tumör(?!fri)\w*|tumou?r\b)", _I),
    re.compile(rf"\b{_SIDES}{_UNIT}\s+(?:i\s+största|in\s+(?:greatest|largest|maximum))\s+\w+", _I),
)


@dataclass(frozen=True)
class Found:
    """A value and where it stands. ``sure`` is one whose own words say whether it holds, such as a margin."""

    value: str
    start: int
    end: int
    rule: str
    sure: bool = True


def _tnm(part: str) -> Callable[[str], Iterator[Found]]:
    def found(text: str) -> Iterator[Found]:
        for match in _TNM.finditer(text):
            alone = match["n"] is None and match["m"] is None and not match["prefix"]
            if match[part] and not alone:
                yield Found(match[part], match.start(part), match.end(part), "tnm")

    return found


def _grade(text: str) -> Iterator[Found]:
    for match in _GRADE.finditer(text):
        if not _OTHER_BEFORE.search(text[max(0, match.start() - 25) : match.start()]):
            value = match["g"].lower()
            yield Found({"i": "1", "ii": "2", "iii": "3"}.get(value, value), *match.span(), "grade")
    for grade, pattern in _DIFFERENTIATION.items():
        yield from (Found(grade, *match.span(), "differentiation") for match in pattern.finditer(text))


def _receptor(name: str) -> Callable[[str], Iterator[Found]]:
    pattern = re.compile(_RECEPTOR[name] + _SAID, _I)

    def found(text: str) -> Iterator[Found]:
        for match in pattern.finditer(text):
            if match["word"] or match["below"]:
                word = (match["word"] or "neg").lower()
                value = "negative" if word.startswith("neg") else "positive"
            elif int(match["share"]) <= 100:
                value = f"{int(match['share'])} %"
            else:
                continue
            yield Found(value, *match.span(), "receptor")

    return found


def _her2(text: str) -> Iterator[Found]:
    for match in _HER2.finditer(text):
        if match["score"]:
            score = "0" if match["score"] == "0" else f"{match['score']}+"
            yield Found(score, *match.span(), "score")
        else:
            denied = match["word"].lower().startswith(("neg", "ej", "inte", "icke", "not"))
            yield Found("negative" if denied else "positive", *match.span(), "receptor")


def _ki67(text: str) -> Iterator[Found]:
    for match in _KI67.finditer(text):
        if int(match["share"]) <= 100:
            yield Found(str(int(match["share"])), *match.span(), "share")


def _size(text: str) -> Iterator[Found]:
    for match in (match for pattern in _SIZES for match in pattern.finditer(text)):
        longest = max(float(match[name].replace(",", ".")) for name in "abc" if match[name])
        millimetres = longest * (10 if match["unit"].lower() == "cm" else 1)
        yield Found(f"{millimetres:g}", *match.span(), "size")


PATTERNS: Mapping[str, Callable[[str], Iterator[Found]]] = {
    "grade": _grade,
    "tnm_prefix": _tnm("prefix"),
    "t": _tnm("t"),
    "n": _tnm("n"),
    "m": _tnm("m"),
    "er": _receptor("er"),
    "pr": _receptor("pr"),
    "her2": _her2,
    "ki67": _ki67,
    "size_mm": _size,
}
