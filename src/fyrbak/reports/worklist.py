"""The words of the work list: a risk, a limit, days left; the same on pages, on paper and in files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fyrbak.measures.breach import Risk
from fyrbak.measures.statistics import wilson
from fyrbak.measures.worklist import Limit, Waiting
from fyrbak.pathways.definitions import measuring_points, pathway, pathways, treatments
from fyrbak.pathways.findings import RULES
from fyrbak.pathways.ongoing.models import Correction
from fyrbak.records.organisations import organisation
from fyrbak.reports import formats
from fyrbak.reports.words import Words

_DIGITS = 12
_SIGN = f"%{formats.NBSP}"


def pathway_title(name: str, words: Words) -> str:
    """What a pathway is called, or what stood in its place in the records."""
    titles = {one.id: one.title for one in pathways()}
    return words.text(titles[name]) if name in titles else name


def treatment_title(limit: Limit, words: Words) -> str:
    """What the limit is for: the treatment, and the variant where limits differ by it."""
    title = words.text(treatments()[limit.treatment].title).lower()
    return f"{title}, {variant_title(limit.pathway, limit.variant, words)}" if limit.variant else title


def variant_title(pathway_id: str, variant: str, words: Words) -> str:
    """What a variant of a pathway is called, in running text."""
    titles = {one.id: one.title for one in pathway(pathway_id).variants}
    return words.text(titles[variant]).lower() if variant in titles else variant


def who(name: str) -> str:
    """A personal number as it is written, 19580423-9829; any other name as it is."""
    return f"{name[:8]}-{name[8:]}" if len(name) == _DIGITS and name.isdigit() else name


def days_left(line: Waiting, words: Words) -> str:
    """12 dagar kvar (kirurgi, 30 dagar); with the limit that it is held against, or that there is none."""
    if line.likeliest is None:
        return words("worklist.left.unknown")
    treatment = treatment_title(line.likeliest, words)
    if line.left is None:
        return words("worklist.left.no_limit", treatment=treatment)
    key = "worklist.left" if line.left >= 0 else "worklist.left.past"
    number = words.counted(abs(line.left), "worklist.days")
    return words(key, number=number, treatment=treatment, limit=line.likeliest.days)


def limits_told(limits: Sequence[Limit], day: int, words: Words) -> list[tuple[str, str, str]]:
    """Each published limit once: its days, the treatments that it is for, and what is left on a day."""
    together: dict[int, list[str]] = defaultdict(list)
    for limit in limits:
        if limit.days is not None:
            together[limit.days].append(treatment_title(limit, words))
    return [
        (
            words.counted(days, "worklist.days"),
            formats.sentence_case(words.listed(list(dict.fromkeys(titles)))),
            words("worklist.passed", number=words.counted(day - days, "worklist.days"))
            if day > days
            else words("worklist.remain", number=words.counted(days - day, "worklist.days")),
        )
        for days, titles in sorted(together.items())
    ]


def risk_told(risk: Risk | None, words: Words) -> str:
    """3 av 10 som stod så här blev sena (n = 214); says so where nobody or hardly anybody has stood there.

    Where none of them was held against a limit, none of them can have been late: that is no low risk.
    """
    if risk is None or risk.late is None:
        return words("worklist.risk.none")
    number = formats.integer(risk.n, formats.language(words.lang))
    if risk.late_if_treated is None:
        return words("worklist.risk.unjudged", n=number)
    key = "worklist.risk.leaning" if risk.leaning else "worklist.risk"
    return words(key, tenths=_tenths(risk.late, words), n=number)


def risk_interval(risk: Risk, words: Words) -> str:
    """95 % intervall 24–37 %, of the share that was late; nothing where other pathways lent their weight."""
    if risk.late is None or risk.late_if_treated is None or risk.leaning:
        return ""
    lang = formats.language(words.lang)
    ends = wilson(round(risk.late * risk.n), risk.n)
    lowest, highest = (formats.percent(float(end), lang, 0) for end in ends)
    return words("worklist.risk.interval", ends=f"{lowest.rstrip(_SIGN)}–{highest}")


def _tenths(share: float, words: Words) -> str:
    """A share in words that can be pictured: 3 av 10, fewer than 1 in 20, nearly all."""
    if share < 0.05:
        return words("worklist.risk.hardly")
    if share >= 0.95:
        return words("worklist.risk.nearly")
    return words("worklist.risk.tenths", tenths=max(1, round(10 * share)))


def points_told(correction: Correction, words: Words) -> str:
    """The measuring points of the faulty rows with their names: 50 Första behandling - kirurgi."""
    known = measuring_points()
    return words.listed(
        [
            f"{point} {words.text(known[point].title)}" if point in known else point
            for point in correction.points
        ]
    )


def fault_told(rule: str, words: Words) -> dict[str, str]:
    """What a rule of the engine says is ``wrong``, and how it is to ``mend``."""
    return {"wrong": words(f"worklist.fault.{rule}"), "mend": words(f"worklist.mend.{rule}")}


def faults_told() -> dict[str, dict[str, dict[str, str]]]:
    """The same of every rule, by rule and language."""
    return {rule: {lang: fault_told(rule, Words(lang)) for lang in formats.LANGUAGES} for rule in RULES}


def place_name(code: str | None, words: Words) -> str:
    """The name of an organisation, or that none is told."""
    return words.of(organisation(code), "name") if code else words("worklist.no_place")
