"""Invented pathology reports that say what they say: text and labels, to judge a reader of reports by.

A report is written by one of some invented pathologists, who each have sections, headings and wordings of
their own (``content/registers/invented_reports/writers.yaml``), about a tumour at a site (``sites.yaml``). A
third of the writers are held out: a reader is mended by the others' reports and judged by theirs. Of every
list of names, each third name is said by those held out alone.

What is denied, uncertain or of an earlier tumour has no label. All patients and texts are made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from fyrbak.registers.pathology.invented_words import (
    Accepted,
    Coded,
    Language,
    Names,
    Site,
    Writer,
    subjects,
    writers,
)

_SWEDISH = 2 / 3  # share of reports in Swedish
_MISSPELT = 0.03  # share of reports in which the tumour's name is misspelt
_ROMAN = {"1": "I", "2": "II", "3": "III"}
_NHG_POINTS = {"1": (3, 4, 5), "2": (6, 7), "3": (8, 9)}
_GLEASON = (("3+3=6", 1), ("3+4=7", 2), ("4+3=7", 3), ("4+4=8", 4), ("4+5=9", 5))
_HER2: tuple[Accepted, ...] = (("0", "negative"), ("1+", "negative"), ("2+",), ("3+", "positive"))
_METASTATIC = ("6", "3")  # the sample is a metastasis, the tumour that is registered a primary one
_KINDS = {
    "resection": 0.38,
    "biopsy": 0.22,
    "in_situ": 0.08,
    "metastasis": 0.07,
    "unknown_primary": 0.04,
    "benign": 0.1,
    "uncertain": 0.06,
    "no_residual": 0.05,
}
T = TypeVar("T")


@dataclass(frozen=True)
class InventedReport:
    """A report, and for each field that it speaks of the answers that are right."""

    text: str
    labels: Mapping[str, Accepted]
    kind: str
    writer: str
    held_out: bool


def invented_reports(
    count: int, random: np.random.Generator, *, held_out: bool = False
) -> Iterator[InventedReport]:
    """Reports by the writers that are held out, or by the others; the same generator gives the same ones."""
    for _ in range(count):
        language: Language = "sv" if random.random() < _SWEDISH else "en"
        able = [one for one in writers() if one.language == language and one.held_out == held_out]
        yield _Desk(random, able[random.integers(len(able))]).report()


class _Desk:
    """One report being written: what it is about, what is said so far in each section, and its labels."""

    def __init__(self, random: np.random.Generator, writer: Writer) -> None:
        self.random, self.writer = random, writer
        self.labels: dict[str, Accepted] = {}
        self.said: dict[str, list[str]] = {}
        kinds = list(_KINDS)
        self.kind = kinds[random.choice(len(kinds), p=list(_KINDS.values()))]
        sites = [one for one in subjects().sites.values() if _fits(one, self.kind)]
        self.site = self.one([site for site in sites for _ in range(site.often)])
        self.place = self.one(self.site.places)
        self.where = self.name(self.place)
        removed = self.kind in ("in_situ", "no_residual") and self.chance(0.5)
        self.removed = removed or self.kind == "resection"  # the tumour, and not a sample of it
        self.sample = self.name(self.site.specimens if self.removed else self.site.biopsies)

    def report(self) -> InventedReport:
        self._clinical()
        self._material()
        tumour = self.name(self.one(self.site.tumours))
        match self.kind:
            case "resection" | "biopsy":
                self._tumour(self.one(self.site.tumours))
            case "in_situ":
                self._tumour(self.one(self.site.in_situ), in_situ=True)
            case "metastasis" | "unknown_primary":
                self._metastasis()
            case "benign":
                self.say("diagnosis", "benign", finding=self.name(self.site.benign), place=self.where)
            case _:  # uncertain, no_residual
                self.say("diagnosis", self.kind, tumour=tumour, place=self.where)
        return InventedReport(self._text(), self.labels, self.kind, self.writer.id, self.writer.held_out)

    def one(self, options: Sequence[T]) -> T:
        """One of some options."""
        return options[int(self.random.integers(len(options)))]

    def chance(self, share: float) -> bool:
        """True in a share of cases."""
        return bool(self.random.random() < share)

    def name(self, names: Names) -> str:
        """One of the names; each third is said by writers that are held out alone."""
        every: tuple[str, ...] = getattr(names, self.writer.language)
        known = [word for number, word in enumerate(every) if number % 3 != 2]
        return self.one(every if self.writer.held_out else known)

    def say(self, section: str, key: str, **slots: object) -> None:
        """Write a sentence in one of the writer's wordings."""
        sentence = self.one(self.writer.wording[key]).format(**slots)
        if section == "gross" and "gross" not in self.writer.sections:
            section = "micro"
        self.said.setdefault(section, []).append(sentence if key == "tnm" else _begun(sentence))

    def label(self, **accepted: Accepted) -> None:
        """Remember which answers are right for what has just been said."""
        self.labels.update(accepted)

    def _clinical(self) -> None:
        """What the clinic asks, and at times what the patient has had: never said of this tumour."""
        if self.chance(0.5):
            self.say("clinical", "question", guess=self.name(self.one(self.site.tumours)))
        if self.chance(0.9 if self.kind == "no_residual" else 0.2):
            self.say("clinical", "history", earlier=self.name(subjects().earlier))

    def _material(self) -> None:
        """What was sent in, from where."""
        if self.kind in ("metastasis", "unknown_primary"):
            return  # told with the metastasis that it is of
        longest = self.site.size[1] // 10 + int(self.random.integers(2, 12))  # larger than any tumour in it
        measures = f"{longest} x {max(1, longest // 2)} x {max(1, longest // 4)} cm"
        way = "specimen" if self.removed else "biopsy"
        self.say("gross", way, specimen=self.sample, place=self.where, dims=measures)

    def _tumour(self, tumour: Coded, *, in_situ: bool = False) -> None:
        """What the tumour is, how it grows, and what was measured of it."""
        behaviour = "2" if in_situ else tumour.behaviour
        misspelt = self.chance(_MISSPELT)
        called = [self._misspell(self.name(tumour)) if misspelt else self.name(tumour) for _ in range(2)]
        self.say("micro", "in_situ" if in_situ else "tumour", tumour=called[0])
        self.label(topography=self.place.code, morphology=tumour.code, behaviour=(behaviour,))
        if behaviour == "3":
            self._grade()
            self._beside()
            self._receptors()
        elif in_situ and self.chance(0.7):
            self.say("micro", "no_other", other=self.name(subjects().invasive))
        if self.chance(0.5):
            self.say("micro", "absent")
        if self.chance(0.25):
            self.say("micro", "no_other", other=self.name(self.site.others))
        if self.removed:
            self._margins()
        self._conclusion(called[1])
        if self.kind == "resection":
            self._size()
            self._stage()

    def _conclusion(self, tumour: str) -> None:
        """The diagnosis, of a biopsy at times beside one that is benign."""
        slots = {"tumour": tumour, "place": self.where, "specimen": self.sample}
        if self.kind != "biopsy" or self.chance(0.75):
            self.say("diagnosis", "conclusion", **slots)
            return
        conclusion = self.one(self.writer.wording["conclusion"]).format(**slots)
        for number, what in enumerate((f"{self.name(self.site.benign)}.", conclusion), 1):
            self.say("diagnosis", "numbered", number=number, what=_begun(what))

    def _grade(self) -> None:
        """The grade by the site's scale; Gleason's has other steps than the three of a register."""
        if self.site.thickness:
            self.say("micro", "thickness", depth=self._decimal(self.random.integers(3, 60) / 10))
        if self.site.grading == "gleason":
            gleason, isup = self.one(_GLEASON)
            self.say("micro", "gleason", gleason=gleason, isup=isup)
        elif self.site.grading != "none" and self.chance(0.85):
            grade = str(self.random.integers(1, 4))
            level = self.one(subjects().levels[self.writer.language][grade])
            slots = {
                "grade": grade,
                "roman": _ROMAN[grade],
                "points": self.one(_NHG_POINTS[grade]),
                "level": level,
                "adjective": level + "t" if self.writer.language == "sv" else level,
            }
            self.say("micro", self.site.grading, **slots)
            self.label(grade=(grade,))

    def _beside(self) -> None:
        """Growth in situ beside the invasive tumour, which it does not change."""
        if self.kind == "resection" and self.site.in_situ and self.chance(0.25):
            beside = self.name(self.one(self.site.in_situ))
            self.say("micro", "beside", beside=beside, extent=self.random.integers(3, 60))

    def _receptors(self) -> None:
        if not self.site.receptors or self.chance(0.25):
            return
        for receptor, name in self.writer.receptors.items():
            share = int(self.random.integers(2, 21) * 5)
            how = self.one(("share", "share", "positive", "negative"))
            self.say("micro", how, receptor=name, share=share)
            self.label(**{receptor: (f"{share} %", "positive") if how == "share" else (how,)})
        if self.chance(0.15):
            self.say("micro", "pending")
        else:
            accepted = self.one(_HER2)
            self.say("micro", "her2", score=accepted[0])
            self.label(her2=accepted)
        if self.chance(0.85):
            share = int(self.random.integers(1, 90))
            self.say("micro", "ki67", share=share)
            self.label(ki67=(str(share),))

    def _size(self) -> None:
        if self.chance(0.2):
            return
        longest = int(self.random.integers(*self.site.size))
        halves = longest < 10 and self.chance(0.5)
        size = longest + 0.5 if halves else longest
        way = self.random.random()
        if way < 0.5 or halves:
            text = f"{self._decimal(size)} mm"
        elif way < 0.7:
            text = f"{self._decimal(size / 10)} cm"
        else:
            sign = self.one((" x ", " x ", "x", " × "))
            text = sign.join(str(max(1, round(size * part))) for part in (1, 0.7, 0.5)) + " mm"
        self.say("gross", "size", size=text)
        self.label(size_mm=(f"{size:g}",))

    def _margins(self) -> None:
        if self.chance(0.25):
            return
        way = str(self.random.choice(["free", "involved", "unclear"], p=[0.7, 0.2, 0.1]))
        self.say("micro", way, gap=self.random.integers(1, 20))
        if way != "unclear":
            self.label(margins=(way,))

    def _stage(self) -> None:
        """Lymph nodes and TNM, which agree about whether there are metastases in the nodes."""
        examined = int(self.random.integers(1, 26))
        positive = int(self.random.integers(1, min(examined, 9) + 1)) if self.chance(0.5) else 0
        counted = bool(self.site.n) and self.chance(0.6)
        if counted:
            self.say("micro", "nodes", positive=positive, examined=examined)
            self.label(nodes_positive=(str(positive),), nodes_examined=(str(examined),))
        if not self.site.t or self.chance(0.25):
            return
        parts = {"t": self.one(self.site.t)}
        if counted:
            parts["n"] = self.one(self.site.n) if positive else "0"
        elif self.chance(0.5):
            parts["n"] = "X"
        if self.chance(0.2):
            parts["m"] = self.one(("0", "1", "X"))
        prefix = "yp" if self.site.neoadjuvant and self.chance(0.3) else "p"
        between = self.one((f" {prefix}", "", " ", f", {prefix}"))
        written = between.join(f"{letter.upper()}{value}" for letter, value in parts.items())
        self.say("diagnosis", "tnm", tnm=prefix + written)
        self.label(tnm_prefix=(prefix,))
        for part, value in parts.items():
            self.label(**{part: ("X", "") if value == "X" else (value,)})

    def _metastasis(self) -> None:
        """A metastasis: what it is of and, where that is known, where the primary tumour sits."""
        found = self.one(subjects().metastases)
        self.say("gross", "biopsy", specimen=self.name(subjects().biopsies), place=self.name(found.place))
        organ = self.site.organ if self.kind == "metastasis" else None
        tumour = self.one(self.site.tumours if organ else subjects().unknown_origin)
        self.label(morphology=tumour.code, behaviour=_METASTATIC)
        called = {"where": self.name(found), "tumour": self.name(tumour)}
        if organ:
            self.say("diagnosis", "metastasis", organ=self.name(organ), **called)
            self.label(topography=organ.code)
        else:
            self.say("diagnosis", "unknown_primary", **called)
            self.label(topography=("C809", ""))

    def _decimal(self, number: float) -> str:
        text = f"{number:g}"
        return text.replace(".", ",") if self.writer.language == "sv" else text

    def _misspell(self, name: str) -> str:
        """The name with two neighbouring letters of its longest word swapped."""
        word = max(name.split(), key=len)
        if len(word) < 8:
            return name
        at = int(self.random.integers(2, len(word) - 2))
        return name.replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :])

    def _text(self) -> str:
        """The sections in the writer's order, under the writer's headings."""
        parts = []
        for section in self.writer.sections:
            if section not in self.said:
                continue
            body = ("\n" if self.writer.lines else " ").join(self.said[section])
            heading = self.writer.headings.get(section, "")
            between = "\n" if self.writer.lines else " "
            parts.append(f"{heading}{between}{body}" if heading else body)
        return "\n".join(parts) + "\n"


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _fits(site: Site, kind: str) -> bool:
    """Whether reports of a kind are written about a site."""
    if kind == "in_situ":
        return bool(site.in_situ)
    return kind != "metastasis" or (
        site.organ is not None and len({one.behaviour for one in site.tumours}) == 1
    )
