"""Values that have a form of their own in a report: TNM, grade, receptors, Ki-67, margins, nodes, size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A value and where it stands. ``sure`` is one whose own words say whether it holds, such as a margin."""

    value: str
    start: int
    end: int
    rule: str
    sure: bool = False


_I = re.IGNORECASE
_TNM = re.compile(
    r"(?<![\w-])(?P<prefix>[yra]?[cp]?)T(?P<t>is|[0-4](?:mi|[a-d])?|X|a)(?:\s*\((?:m|\d+|sn|is)\))?"
    r"(?:[\s,]*(?P<np>[yra]?[cp]?)N(?P<n>[0-3](?:mi|[a-c])?|X)(?:\s*\((?:sn|i[+-]|mol[+-])\))?)?"
    r"(?:[\s,]*[yra]?[cp]?M(?P<m>[01](?:[a-d])?|X))?(?![\w-])"
)
_GRADE = re.compile(
    r"\b(?:nhg|elston(?:-ellis)?|grad|grade|histologisk grad|nottingham grade)[\s:]*(?P<g>[1-3]|i{1,3})\b", _I
)
_DIFFERENTIATION = {
    "1": re.compile(r"\b(?:högt|väl|well)[\s-]+differenti\w+", _I),
    "2": re.compile(r"\b(?:medelhögt|måttligt|moderately)[\s-]+differenti\w+", _I),
    "3": re.compile(r"\b(?:lågt|dåligt|poorly)[\s-]+differenti\w+", _I),
}
_POSITIVE = r"positiv\w*|negativ\w*"
_RECEPTOR = {
    "er": r"(?:\bER\b|östrogenreceptor\w*|\bo?estrogen receptors?)",
    "pr": r"(?:\bPR\b|\bPgR\b|progesteronreceptor\w*|\bprogesterone receptors?)",
}
_SAID = rf"[\s:,(=-]*(?:är\s+|is\s+|uttryck\s+)?(?:(?P<word>{_POSITIVE})|(?P<share>\d{{1,3}})\s*%)"
_HER2 = re.compile(
    r"\bHER-?2(?:/neu)?[\s:,(=-]*(?:är\s+|is\s+|score\s+|ihc\s+)?"
    rf"(?:(?P<word>{_POSITIVE}|(?:ej\s+|not\s+)?ampli\w+)|(?P<score>[0-3])\+?(?![\d%]))",
    _I,
)
_KI67 = re.compile(
    r"\bki-?67(?:-index)?[\s:,(=]*(?:är\s+|is\s+)?(?:cirka\s+|ca\.?\s+|approximately\s+)?(?P<share>\d{1,3})\s*%",
    _I,
)
_EDGE = r"(?:resektions(?:rand|ränder\w*|kant\w*|ytor\w*)|marginal\w*|(?:resection )?margins?)"
_CLEAR = r"(?P<said>fria?|free|negative|clear|involved|positive|engagera\w*)"
_OUT = r"(?:excidera\w*|excision|avlägsna\w*|borttag\w*|extirpera\w*)"
_MARGIN = re.compile(
    rf"\b{_EDGE}\s+(?:är\s+|are\s+|is\s+)?(?P<not>(?:ej|inte|not)\s+(?:helt\s+)?)?{_CLEAR}\b"
    rf"|\b(?P<unradical>(?:ej|inte|icke)\s+)?(?P<radical>radikalt?)\s+{_OUT}"
    r"|\b(?P<reach>tumör\w*\s+(?:når|växer\s+ut\s+i|i)\s+(?:ut\s+i\s+)?resektions\w+)"
    r"|\b(?P<incomplete>in)?(?P<completely>completely)\s+excised",
    _I,
)
_GLAND = r"(?:lymfkört\w+|lymfknut\w+|lymph\s+nodes?)"
_OF = r"\s*(?:/|av|out of|of)\s*"
_NODES = re.compile(
    rf"\b(?P<hit>\d{{1,2}}){_OF}(?P<all>\d{{1,3}})\s+(?:\w+\s+){{0,2}}?(?:{_GLAND}|nodes?|körtlar)"
    rf"|{_GLAND}[\s:,(]*(?:metastas\w*\s+in?\s+)?(?P<hit2>\d{{1,2}}){_OF}(?P<all2>\d{{1,3}})\b",
    _I,
)
_NUMBER = r"\d{1,3}(?:[.,]\d)?"
_TIMES = rf"(?:\s*[x×]\s*(?P<b>{_NUMBER}))?(?:\s*[x×]\s*(?P<c>{_NUMBER}))?"
_DIAMETER = r"största\s+diameter\w*|greatest\s+dimension"
_MEASURED = rf"(?:tumör\w*|tumou?r(?:\s+size)?|{_DIAMETER}|mäter|mätande|measur(?:ing|es))"
_SIZES = (
    re.compile(
        rf"\b{_MEASURED}[^.\d\n]{{0,30}}?(?P<a>{_NUMBER})(?:\s*[mc]m)?{_TIMES}\s*(?P<unit>mm|cm)\b", _I
    ),
    re.compile(
        rf"\b(?P<a>{_NUMBER}){_TIMES}\s*(?P<unit>mm|cm)\s+(?:i\s+största|in\s+(?:greatest|largest|maximum))\s+\w+",
        _I,
    ),
)


def _tnm(part: str) -> Callable[[str], Iterator[Found]]:
    def found(text: str) -> Iterator[Found]:
        for match in _TNM.finditer(text):
            alone = match["n"] is None and match["m"] is None and not match["prefix"]
            if match[part] is not None and not alone:
                yield Found(match[part], match.start(part), match.end(part), "tnm")

    return found


def _prefix(text: str) -> Iterator[Found]:
    for match in _TNM.finditer(text):
        if match["prefix"]:
            yield Found(match["prefix"], match.start("prefix"), match.end("prefix"), "tnm")


def _grade(text: str) -> Iterator[Found]:
    for match in _GRADE.finditer(text):
        told = match["g"].lower()
        yield Found({"i": "1", "ii": "2", "iii": "3"}.get(told, told), *match.span(), "grade")
    if not _GRADE.search(text):
        for grade, pattern in _DIFFERENTIATION.items():
            yield from (Found(grade, *match.span(), "differentiation") for match in pattern.finditer(text))


def _receptor(name: str) -> Callable[[str], Iterator[Found]]:
    pattern = re.compile(_RECEPTOR[name] + _SAID, _I)

    def found(text: str) -> Iterator[Found]:
        for match in pattern.finditer(text):
            if match["word"]:
                value = "positive" if match["word"].lower().startswith("posi") else "negative"
            elif int(match["share"]) <= 100:
                value = f"{int(match['share'])} %"
            else:
                continue
            yield Found(value, *match.span(), "receptor", sure=True)

    return found


def _her2(text: str) -> Iterator[Found]:
    for match in _HER2.finditer(text):
        if match["score"]:
            score = "0" if match["score"] == "0" else f"{match['score']}+"
            yield Found(score, *match.span(), "score", sure=True)
        else:
            denied = match["word"].lower().startswith(("nega", "ej", "not"))
            yield Found("negative" if denied else "positive", *match.span(), "receptor", sure=True)


def _ki67(text: str) -> Iterator[Found]:
    for match in _KI67.finditer(text):
        if int(match["share"]) <= 100:
            yield Found(match["share"], *match.span(), "share", sure=True)


def _margins(text: str) -> Iterator[Found]:
    for match in _MARGIN.finditer(text):
        if match["radical"]:
            free = not match["unradical"]
        elif match["reach"]:
            free = False
        elif match["completely"]:
            free = not match["incomplete"]
        else:
            good = match["said"].lower() in ("fri", "fria", "free", "negative", "clear")
            free = good != bool(match["not"])
        yield Found("free" if free else "involved", *match.span(), "margin", sure=True)


def _nodes(part: str) -> Callable[[str], Iterator[Found]]:
    def found(text: str) -> Iterator[Found]:
        for match in _NODES.finditer(text):
            hit, every = match["hit"] or match["hit2"], match["all"] or match["all2"]
            if int(hit) <= int(every):
                yield Found(str(int(hit if part == "hit" else every)), *match.span(), "nodes", sure=True)

    return found


def _size(text: str) -> Iterator[Found]:
    for match in (match for pattern in _SIZES for match in pattern.finditer(text)):
        longest = max(float(match[name].replace(",", ".")) for name in "abc" if match[name])
        millimetres = longest * (10 if match["unit"].lower() == "cm" else 1)
        yield Found(f"{millimetres:g}", *match.span(), "size", sure=True)


PATTERNS: Mapping[str, Callable[[str], Iterator[Found]]] = {
    "grade": _grade,
    "tnm_prefix": _prefix,
    "t": _tnm("t"),
    "n": _tnm("n"),
    "m": _tnm("m"),
    "er": _receptor("er"),
    "pr": _receptor("pr"),
    "her2": _her2,
    "ki67": _ki67,
    "margins": _margins,
    "nodes_positive": _nodes("hit"),
    "nodes_examined": _nodes("all"),
    "size_mm": _size,
}
