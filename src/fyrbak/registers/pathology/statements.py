"""Values that reports tell in sentences of many shapes: free margins, lymph nodes with metastases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from fyrbak.registers.pathology.patterns import Found

_I = re.IGNORECASE
_DENIED = r"(?:\b(?:ej|inte|icke|not)\b[\s-]*(?:helt\s+)?)"
_EDGE = (
    r"(?:\b(?:resektions|excisions|sido|djup)(?:rand|ränder|kant|yt|linje)\w*|\bränder(?:na)?\b"
    r"|\bmarginal(?:en|er|erna)?\b|\bkant(?:en|er|erna)?\b|\b(?:resection\s+)?margins?\b)"
)
_FREE = r"(?:(?:tumör)?fri(?:a|tt)?\b|utan\s+(?:tumör\w*|växt)|free\b|clear\b|negativ\w*|uninvolved)"
_REACHED = r"(?:engagera\w*|involved|positiv\w*)"
_WORDS = r"(?:(?!\b(?:ej|inte|icke|not)\b)\w+\W+){0,3}?"  # up to three words, none of which denies
_REMOVED = r"(?:excid\w*|exstirp\w*|extirp\w*|borttag\w*|avlägsna\w*|excised|removed|resected)"
_WHOLLY = r"(?:helt|komplett|fullständigt|i\s+sin\s+helhet|completely)"
_TOWARDS = r"(?:(?!fri|free|clear|uninvolved|\b(?:ej|inte|icke|not|no|utan)\b|mm\b)[^.\n;])"
_MARGINS = (
    re.compile(rf"{_EDGE}\W+{_WORDS}(?P<denied>{_DENIED})?(?:(?P<free>{_FREE})|(?P<reached>{_REACHED}))", _I),
    re.compile(
        rf"(?P<denied>{_DENIED})?\b(?:(?P<free>(?:tumör)?fria?|clear|free|negative)|(?P<reached>positiva?|involved))"
        rf"[ \t]+{_EDGE}",
        _I,
    ),
    # "radikal prostatektomi" names an operation and says nothing of its margins
    re.compile(rf"(?P<denied>{_DENIED})?(?P<free>\bradikalt?\b)(?!\s+\w*(?:ektomi|operation|kirurgi))", _I),
    re.compile(r"\bradikalitet\s*:\s*(?:(?P<free>ja|yes)|(?P<reached>nej|no))\b", _I),
    re.compile(rf"(?P<denied>{_DENIED}|\bin)?(?P<free>{_WHOLLY})\s+{_REMOVED}", _I),
    re.compile(r"\bexcision\s+is\s+(?:(?P<free>complete)|(?P<reached>incomplete))\b", _I),
    re.compile(rf"\b(?:går|är)\s+(?P<denied>{_DENIED})?(?P<free>fria?|fritt)\s+(?:i|från|mot)\s+", _I),
    re.compile(r"\b(?P<free>med\s+god\s+marginal)\b", _I),
    re.compile(
        rf"\b(?P<reached>(?:tumör(?!fri)\w*|tumou?r|carcinoma|cancer\w*)\b{_TOWARDS}{{0,40}}?"
        rf"\b(?:når|växer|ut|i|in|at|to|reaches|extends)\b{_TOWARDS}{{0,20}}?){_EDGE}",
        _I,
    ),
)
_GLAND = (
    r"(?:\blymfkört\w*|\blymfknut\w*|\bkörtl\w+|\blgll?\b|\bsentinel\w*|\blymph\s+nodes?\b|\bnodes?\b|\bLN\b)"
)
_WITHIN = r"[^.;\n\d]"  # one sentence, and no other number between
_HIT, _ALL = r"\b(?P<hit>\d{1,2})", r"(?P<all>\d{1,3})\b"
_OF = r"\s*(?:/|(?:av|of|out\s+of|i)(?:\s+(?:the|totalt|sammanlagt))?\s)\s*"
_DISEASED = r"(?:metasta\w*|positiv\w*|involved)"
_NODES = (
    re.compile(rf"{_GLAND}{_WITHIN}{{0,45}}?{_HIT}{_OF}{_ALL}", _I),
    re.compile(rf"{_HIT}(?:\s+metastas\w*)?{_OF}{_ALL}{_WITHIN}{{0,30}}?{_GLAND}", _I),
    re.compile(
        rf"\b(?:av|of|totalt)\s+{_ALL}{_WITHIN}{{0,30}}?{_GLAND}{_WITHIN}{{0,30}}?{_HIT}\b"
        rf"(?={_WITHIN}{{0,30}}{_DISEASED})",
        _I,
    ),
    re.compile(
        rf"\b{_ALL}{_WITHIN}{{0,20}}?{_GLAND}{_WITHIN}{{0,20}}?\b(?:varav|of\s+which)\s+{_HIT}\b"
        rf"(?={_WITHIN}{{0,30}}{_DISEASED})",
        _I,
    ),
    re.compile(
        rf"{_GLAND}{_WITHIN}{{0,30}}?:\s*{_ALL}\W+{_WITHIN}{{0,30}}?{_GLAND}{_WITHIN}{{0,20}}?{_DISEASED}\s*:\s*{_HIT}\b",
        _I,
    ),
)


def _margins(text: str) -> Iterator[Found]:
    for match in (match for pattern in _MARGINS for match in pattern.finditer(text)):
        groups = match.groupdict()
        free = bool(groups.get("free")) and not groups.get("denied")
        if groups.get("reached") and groups.get("denied"):
            free = True
        yield Found("free" if free else "involved", *match.span(), "margin")


def _nodes(part: str) -> Callable[[str], Iterator[Found]]:
    def found(text: str) -> Iterator[Found]:
        for match in (match for pattern in _NODES for match in pattern.finditer(text)):
            if int(match["hit"]) <= int(match["all"]):
                yield Found(str(int(match[part])), *match.span(), "nodes")

    return found


STATEMENTS: Mapping[str, Callable[[str], Iterator[Found]]] = {
    "margins": _margins,
    "nodes_positive": _nodes("hit"),
    "nodes_examined": _nodes("all"),
}
