"""From a follow-up to a document of ready texts: words and order chosen once, for HTML, PDF and Excel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from fyrbak.goals import outline as o
from fyrbak.measures.definitions import DIMENSIONS, Measure
from fyrbak.measures.releases import Release
from fyrbak.measures.restatement import Move
from fyrbak.measures.shown import Origin
from fyrbak.measures.targets import targets
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import figures, formats, funnels
from fyrbak.reports.compared import compared, part_at_once
from fyrbak.reports.document import (
    Activity,
    Answer,
    Area,
    Counted,
    Definition,
    Document,
    Evidence,
    Goal,
    Number,
    NumberTable,
    Remark,
)
from fyrbak.reports.doubts import doubt
from fyrbak.reports.drawing import Figure, Table
from fyrbak.reports.follow_up import (
    THE_COUNTRY,
    EvidenceView,
    FollowUp,
    GoalView,
    PartView,
    UnitView,
)
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark, counted, level_mark, verdict_mark, verdict_marks
from fyrbak.reports.promises import baseline_texts, promise_text
from fyrbak.reports.restated import moved, reason_text
from fyrbak.reports.voices import Standing
from fyrbak.reports.words import Words

ACTIVITY_FIELDS = ("activity", "how", "who", "when", "responsible", "follow_up", "time_frame")


_Narrowed = tuple[str, tuple[tuple[str, str], ...]]  # a measure's id, and what it is narrowed to


@dataclass(frozen=True)
class Told:
    """What is told of numbers alone, measure by measure: tables, and figures once somebody asks for them."""

    tables: dict[_Narrowed, tuple[NumberTable, ...]] = field(default_factory=dict)
    figures: dict[_Narrowed, tuple[Figure, ...]] = field(default_factory=dict)


def document(found: FollowUp, lang: Language, told: Told | None = None) -> Document:
    """The follow-up in the words of a language.

    ``told`` keeps what other documents of the same numbers, organisations and language can show as well.
    """
    return _Writer(found, lang, told or Told()).document()


class _Writer:
    """Writes one follow-up in one language."""

    def __init__(self, found: FollowUp, lang: Language, told: Told) -> None:
        self.found, self.lang, self.w, self.told = found, lang, Words(lang), told
        self.names = {voice.code: self.w.of(voice, "name") for voice in (*found.units, THE_COUNTRY)}

    def document(self) -> Document:
        found, w = self.found, self.w
        outline, snapshot = found.outline, found.snapshot
        title = w.of(outline, "title")
        views = {view.goal.number: view for view in found.goals}
        areas = tuple(
            Area(
                area.number,
                w.of(area, "name"),
                w.of(area, "overall_goal"),
                tuple(self.goal(views[goal.number]) for goal in area.goals),
            )
            for area in outline.areas
        )
        day = formats.day_in_text(snapshot.as_of, self.lang)
        software = version("fyrbak")
        return Document(
            lang=self.lang,
            title=title,
            subtitle=" · ".join(part for part in (outline.round_label, w("as_known", day=day)) if part),
            banner=self.banner(),
            state=tuple(self.state()),
            differences=tuple(
                (view.goal.number, anchor(view.goal), self.standing(view, code, how))
                for view, code, how in found.differences()
            ),
            organisations=tuple((v.short, w.of(v, "name")) for v in outline.organisations),
            levels=level_counts(outline, self.lang) if outline.organisations else None,
            areas=areas,
            definitions=tuple(definition(measure, self.lang) for measure in found.measures()),
            rules=(w("voices_rule"), w("small_numbers"), w("not_clinical")),
            facts=(
                (w("snapshot"), f"{snapshot.id}, {snapshot.title}"),
                (w("data_until"), formats.day_in_table(snapshot.as_of)),
                (w("plan"), self.plan_source()),
                (w("software"), f"Fyrbåk {software}"),
            ),
            citation=w(
                "citation", software=software, title=formats.closed(title), snapshot=snapshot.id, day=day
            ),
        )

    def banner(self) -> str:
        parts = [self.w("banner")] if self.found.snapshot.synthetic else []
        return " ".join([*parts, self.w("made_up_round")] if self.found.outline.synthetic else parts)

    def plan_source(self) -> str:
        outline = self.found.outline
        content = f"SHA-256 {outline.sha256[:12]}" if outline.sha256 else ""
        return ", ".join(part for part in (outline.source, content) if part)

    def state(self) -> Iterator[str]:
        """The state of the plan in a few sentences, the most important first."""
        found, w = self.found, self.w
        differ, silent = len(found.differences()), len(found.unmeasured())
        said = [answer.level for goal in found.outline.goals() for answer in goal.assessments]
        yield w(
            "state.goals",
            goals=len(found.goals), measured=len(found.goals) - silent, judged=len(found.judged()),
        )  # fmt: skip
        if said:
            yield w.counted(differ, "state.differ") if differ else w("state.differ.none")
            yield w("state.levels", blank=sum(level.blank for level in said), asked=len(said))
        else:
            yield w("state.no_levels")
        if silent:
            yield w.counted(silent, "state.not_measured")

    def goal(self, view: GoalView) -> Goal:
        goal, w = view.goal, self.w
        promised = [e for e in view.evidence if e.promised]
        aim = promise_text(goal.target, self.lang) if goal.target else ""
        told = (
            ("promised", (aim,)),
            ("baseline", baseline_texts(goal, self.lang)),
            ("actor", (w.of(goal, "actor"),)),
        )
        answers = tuple(self.answer(view, said, promised) for said in goal.assessments)
        return Goal(
            number=goal.number,
            anchor=anchor(goal),
            text=w.of(goal, "text"),
            text_lang=self.lang if self.lang == "sv" or goal.text_en else "sv",
            state=self.measurability(view),
            in_plan=tuple((w(key), texts) for key, texts in told if any(texts)),
            promised=tuple(w.text(e.measure.title) for e in promised),
            answers=answers,
            counted=tuple(self.counted(answers, promised)),
            remarks=tuple(
                Remark(
                    w.of(note.voice, "name"),
                    note.text,
                    formats.place(note.lines, self.lang),
                    doubt(note.doubtful, w),
                )
                for note in goal.notes
            ),
            activities=tuple(self.activity(row) for row in goal.activities),
            evidence=tuple(self.evidence(e) for e in view.evidence),
            place=formats.place(goal.source, self.lang),
            doubtful=doubt(goal.doubtful, w),
        )

    def counted(self, answers: tuple[Answer, ...], promised: list[EvidenceView]) -> Iterator[Counted]:
        """How many answered with each level, in the order of the scale, and how many got each verdict."""
        outline = self.found.outline
        scale = [level_mark(o.Level((level.code,)), outline, self.lang) for level in outline.scale]
        yield Counted("", counted([answer.level for answer in answers], scale))
        for place, evidence in enumerate(promised):
            marks = [answer.by_measure[place][1] for answer in answers]
            yield Counted(self.w.text(evidence.measure.title), counted(marks, verdict_marks(self.lang)))

    def measurability(self, view: GoalView) -> str:
        """Said aloud where data do not measure the goal; nothing where they do."""
        if view.measured:
            return ""
        return self.w("goal.only_lit" if view.evidence else "goal.not_measured")

    def answer(self, view: GoalView, said: o.Assessment, promised: list[EvidenceView]) -> Answer:
        voice, how = self.found.voice(said.organisation), view.standings[said.organisation]
        return Answer(
            who=self.w.of(voice, "name"),
            short=voice.short,
            level=level_mark(said.level, self.found.outline, self.lang),
            comment=said.comment,
            place=formats.place(said.lines, self.lang),
            doubtful=doubt(said.doubtful, self.w),
            by_measure=tuple(
                (self.w.text(e.measure.title), self.verdict(e, said.organisation)) for e in promised
            ),
            outcome=self.w(f"standing.{how.kind}") if view.measured else "",
            standing=self.standing(view, said.organisation, how) if view.measured else "",
            differs=how.differs,
        )

    def verdict(self, evidence: EvidenceView, unit: str) -> Mark:
        own = evidence.parts[0].of(unit) if evidence.parts else None
        return verdict_mark(own.now if own else None, self.lang)

    def standing(self, view: GoalView, code: str, how: Standing) -> str:
        """How level and data stand to each other, as a sentence."""
        who = self.w.of(self.found.voice(code), "name")
        if not how.differs:
            return self.w(f"voices.{how.kind}", who=who)
        said = view.goal.of(code)
        mark = level_mark(said.level if said else None, self.found.outline, self.lang)
        titles = [self.w.text(e.measure.title) for e in view.evidence if e.measure.id in how.measures]
        return self.w(f"voices.{how.kind}", who=who, level=mark.word.lower(), measures=self.w.listed(titles))

    def activity(self, row: o.Activity) -> Activity:
        texts = []
        for name in ACTIVITY_FIELDS:
            text = getattr(row, name)
            missing = self.w("not_in_table") if text is None else self.w("empty_in_plan")
            texts.append((self.w(name), text or missing))
        doubts = (doubt(why, self.w) for why in dict.fromkeys(row.doubtful.values()))
        return Activity(row.number, tuple(texts), "; ".join(doubts))

    def evidence(self, view: EvidenceView) -> Evidence:
        w, link = self.w, view.evidence
        why = w.of(link, "why") + (f" {w('suggested')}" if link.suggested else "")
        return Evidence(
            measure=view.measure.id,
            version=view.measure.version,
            title=w.text(view.measure.title),
            role=w(f"role.{link.role}"),
            why=why,
            tables=self.number_tables(view),
            draw=lambda: self.figures(view),
            empty="" if view.parts else w("missing"),
        )

    def number_tables(self, view: EvidenceView) -> tuple[NumberTable, ...]:
        """The measure's numbers, told once for all goals that they speak about."""
        key, tables = _numbers(view), self.told.tables
        if key not in tables:
            tables[key] = tuple(
                number_table(view.measure, part, self.names, self.lang) for part in view.parts
            )
        return tables[key]

    def figures(self, view: EvidenceView) -> tuple[Figure, ...]:
        """The measure's figures, built once for all goals that the same numbers speak about."""
        key, figures = _numbers(view), self.told.figures
        if key not in figures:
            figures[key] = evidence_figures(view, self.names, self.lang)
        return figures[key]


def _numbers(view: EvidenceView) -> _Narrowed:
    """What tells the numbers of a piece of evidence from others."""
    return view.measure.id, tuple(sorted(view.evidence.dims.items()))


def level_counts(outline: o.PlanOutline, lang: Language) -> Table:
    """How many answers of each level every organisation gave: certain, mixed or uncertain, and blank.

    Goals that somebody has not answered have a column of their own, where there are any.
    """
    w, asked = Words(lang), len(list(outline.goals()))
    headings = [f"{level.symbol} {level.code} {w.of(level, 'label')}" for level in outline.scale]
    rows, silent = [], []
    for voice in outline.organisations:
        answers = [a.level for goal in outline.goals() if (a := goal.of(voice.code))]
        plain = [level for level in answers if not level.mixed and not level.uncertain]
        blank = sum(level.blank for level in answers)
        by_code = [sum(level.codes == (one.code,) for level in plain) for one in outline.scale]
        rest = len(answers) - blank - sum(by_code)
        rows.append((w.of(voice, "name"), *map(str, (*by_code, rest, blank, len(answers)))))
        silent.append(str(asked - len(answers)))
    told = (w("organisation"), *headings, w("levels.other"), w("level.blank"), w("levels.all"))
    if set(silent) - {"0"}:  # nobody's silence is a level: it has a column of its own
        told = (*told, w("levels.silent"))
        rows = [(*row, left) for row, left in zip(rows, silent, strict=True)]
    return Table(w("levels.caption"), told, (False, *[True] * (len(told) - 1)), tuple(rows))


def number_table(measure: Measure, part: PartView, names: figures.Names, lang: Language) -> NumberTable:
    """The numbers of one part of a measure: each unit, and the whole they belong to last."""
    w = Words(lang)
    title = [w.text(measure.title), *([w.text(part.value.text)] if part.value else [])]
    numbers = tuple(_number(measure, unit, names, lang) for unit in (*part.units, part.country))
    judged = any(unit.now.target for unit in (*part.units, part.country))
    caption = ", ".join((*title, formats.period(part.country.now, lang)))
    at_once = part_at_once(part, figures.whole_name(names, w), lang)
    return NumberTable(caption, judged, numbers, at_once)


def _number(measure: Measure, unit: UnitView, names: figures.Names, lang: Language) -> Number:
    now, change, w = unit.now, unit.change, Words(lang)
    first = next((r.period for r in unit.series if r.value is not None), "")
    return Number(
        who=names[unit.unit],
        value=formats.value(now, lang),
        interval=formats.interval(now, lang),
        count=formats.counts(now, lang),
        period=now.period,
        compared=compared(unit, lang),
        trend=w(f"trend.{change.difference}", period=first) if change else w("no_trend"),
        target=formats.target(now.target, measure.kind, lang) if now.target else w("no_target"),
        verdict=verdict_mark(now, lang),
        whole=unit.unit == COUNTRY,
    )


def definition(measure: Measure, lang: Language) -> Definition:
    """How a measure is counted, in words."""
    w = Words(lang)
    aims = [f"{w.text(t.text)} ({t.source.title})" for t in targets(measure.id)]
    facts = [
        (w("measure"), measure.id),
        (w("version"), f"{measure.version} ({measure.hash})"),
        (w("counted"), w.text(measure.counts)),
        (w("interval"), w(f"method.{measure.kind}")),
        (w("target"), "; ".join(aims) or w("no_target")),
        (w("source"), ", ".join(filter(None, (measure.source.title, measure.source.section)))),
        (w("to_verify"), "; ".join(w.text(one) for one in measure.to_verify)),
    ]
    return Definition(
        measure=measure.id,
        title=w.text(measure.title),
        meaning=w.text(measure.meaning),
        facts=tuple((label, text) for label, text in facts if text),
        left_out=tuple(w.text(reason.text) for reason in measure.reasons),
    )


def origin(found: Origin, lang: Language) -> tuple[tuple[str, str], ...]:
    """What a number rests on, as (heading, text)."""
    w = Words(lang)
    facts = (
        (w("snapshot"), found.snapshot),
        (w("data_until"), formats.day_in_table(found.as_of)),
        (w("origin.definition"), found.definition),
        (w("origin.tallies"), found.tallies),
        (w("origin.pathways"), _pathways_in(found, w)),
    )
    return tuple((label, text) for label, text in facts if text)


def _pathways_in(found: Origin, w: Words) -> str:
    """How many pathways there are, of which versions, and what changes with all that judges them."""
    if not found.versions:
        return ""
    versions = "–".join(map(formats.day_in_table, sorted({min(found.versions), max(found.versions)})))
    return w("origin.pathways.of", number=len(found.versions), versions=versions, content=found.pathways)


def given_out(entries: Sequence[Release], lang: Language) -> Table | None:
    """The releases of a measure, the latest first; None before there are any."""
    if not entries:
        return None
    w = Words(lang)

    def cut(entry: Release) -> str:
        named = [w.text(DIMENSIONS[name]).lower() if name in DIMENSIONS else name for name in entry.by]
        return ", ".join((w(f"page.interval.{entry.interval}").lower(), *named))

    rows = tuple(
        (
            str(entry.number), entry.at[:10], entry.by_whom, cut(entry), entry.snapshot,
            formats.integer(entry.rows, lang), formats.integer(entry.suppressed, lang), entry.table[:12],
            entry.note or w("release.no_note"),
        )
        for entry in reversed(entries)
    )  # fmt: skip
    keys = ("number", "day", "by_whom", "cut", "snapshot", "rows", "hidden", "table", "note")
    headings = tuple(w(f"release.{key}") for key in keys)
    numeric = (True, False, False, False, False, True, True, False, False)
    return Table(w("release.caption"), headings, numeric, rows)


def moves(found: Sequence[Move], lang: Language) -> Table:
    """What moved since the snapshot before, reason by reason."""
    w = Words(lang)
    rows = tuple(
        (reason_text(move.reason, w), *(moved(move, n, w) or "–" for n in (move.numerator, move.denominator)))
        for move in found
    )
    headings = (w("restatement.why"), w("restatement.numerator"), w("restatement.denominator"))
    return Table(w("restatement.caption"), headings, (False, True, True), rows)


def anchor(goal: o.Goal) -> str:
    """Place of a goal in an address: mal-3-3 for 3.3."""
    return "mal-" + goal.number.lower().replace(".", "-")


def evidence_figures(view: EvidenceView, names: figures.Names, lang: Language) -> tuple[Figure, ...]:
    """The figures that suit the measure: places, their funnel and years, or the parts of one with a split."""
    if not view.parts:
        return ()
    if view.measure.split is None:
        part = view.parts[0]
        judged = funnels.of_part(view.measure, part, names, "region", lang)
        return (
            figures.dots(view.measure, part, names, lang),
            *((judged,) if isinstance(judged, Figure) else ()),
            figures.years(view.measure, part, names, lang),
        )
    draw = figures.stacked if view.measure.kind == "days" else figures.panels
    return (draw(view.measure, view.parts, names, lang),)
