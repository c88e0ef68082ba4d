"""From the sections of a draft to a paper: everything in words of its language, and the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from importlib.metadata import version

from django.utils.timezone import localdate

from fyrbak.measures.definitions import Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.records.organisations import organisation
from fyrbak.reports import formats
from fyrbak.reports.builder import queries, sheets
from fyrbak.reports.builder.filling import filled
from fyrbak.reports.builder.ground import Ground, cut_of, figures_of
from fyrbak.reports.builder.kinds import kind
from fyrbak.reports.builder.prose import prose
from fyrbak.reports.builder.review import Review
from fyrbak.reports.builder.selectors import Part
from fyrbak.reports.claims import Checked
from fyrbak.reports.formats import Language, language
from fyrbak.reports.models import ReportDraft
from fyrbak.reports.papers.paper import Block, Bullets, Heading, Paper, Paragraph, Sheet
from fyrbak.reports.words import Words


def paper_of(draft: ReportDraft, parts: Sequence[Part], ground: Ground, found: Review, on: date) -> Paper:
    """The draft as a finished report of this day."""
    return _Composer(draft, parts, ground, found, on).paper()


_OF_ANSWERS = {queries.Goals, queries.LevelCounts, queries.GoalsAtLevel}


class _Composer:
    """Composes one draft."""

    def __init__(
        self, draft: ReportDraft, parts: Sequence[Part], ground: Ground, found: Review, on: date
    ) -> None:
        self.draft, self.parts, self.ground, self.found, self.on = draft, parts, ground, found, on
        self.lang: Language = language(draft.lang)
        self.w = Words(self.lang)
        self.asked = {type(part.query) for part in parts if part.query}
        # Whether anything that somebody answered is shown or spoken of.
        self.answers = bool(self.asked & _OF_ANSWERS or found.claims) and bool(ground.outline.organisations)

    def paper(self) -> Paper:
        draft, w, snapshot = self.draft, self.w, self.ground.snapshot
        owner = w.of(organisation(draft.owner_id), "name")
        invented = list(self.invented())
        return Paper(
            kind=draft.kind,
            lang=self.lang,
            title=draft.title,
            subtitle=" · ".join((str(draft.year), owner, formats.day_in_text(self.on, self.lang))),
            owner=draft.owner_id,
            on=self.on,
            banner=" ".join(w(key) for key in invented),
            landscape=kind(draft.kind).landscape,
            synthetic=bool(invented),
            snapshot=snapshot.id if snapshot and self.measures() else "",
            blocks=tuple(self.blocks()),
            sheets=tuple(self.sheets()),
            made_of=tuple(self.made_of()),
        )

    def invented(self) -> Iterator[str]:
        """The words for each thing that is shown and made up: persons, levels, money and tasks."""
        snapshot = self.ground.snapshot
        if snapshot and snapshot.synthetic and self.measures():
            yield "banner"
        if self.ground.outline.synthetic and self.answers:
            yield "made_up_round"
        money = queries.Projects in self.asked and any(call.synthetic for call, _ in self.ground.calls())
        tasks = queries.Tasks in self.asked and any(one.synthetic for one in self.ground.task_statuses())
        if money or tasks:
            yield "improvement.invented"

    def blocks(self) -> Iterator[Block]:
        for part in (one for one in self.parts if not one.empty):
            if part.title:
                yield Heading(text=part.title)
            yield from prose(part.text)
            if part.query:
                yield from filled(part.query, self.ground, self.lang)
        yield from self.checks()

    def checks(self) -> Iterator[Block]:
        """How the claims were checked: those kept although they do not hold, and those nobody can tell."""
        w, checked = self.w, [one.checked for one in self.found.claims]
        if not checked:
            return
        yield Heading(text=w("checks.title"))
        holding = sum(one.holds == "yes" for one in checked)
        yield Paragraph(text=w.counted(len(checked), "checks.text", holding=holding))
        for holds in ("no", "cannot_tell"):
            told = [self.told(one) for one in checked if one.holds == holds]
            if told:
                yield Paragraph(text=w(f"checks.{holds}"))
                yield Bullets(items=tuple(told))

    def told(self, one: Checked) -> str:
        reason = f" {self.w('checks.kept', why=one.claim.kept_because)}" if one.claim.kept_because else ""
        return f"”{one.claim.sentence}” {self.w.text(one.why)}{reason}"

    def measures(self) -> list[tuple[Measure, list[Result]]]:
        """The measures that are shown or that claims speak of, with all their numbers, each cut once."""
        asked = [
            (q.measure, q.cut) for part in self.parts if isinstance(q := part.query, queries.MeasureNumbers)
        ]
        for one in self.found.claims:
            asked += [(figure.measure, figure.cut) for figure in figures_of(one.checked.claim)]
        once = {cut_of(name, cut): cut for name, cut in asked}
        return [
            (measure_named(name), self.ground.results(measure_named(name), cut))
            for (name, _), cut in once.items()
        ]

    def sheets(self) -> Iterator[Sheet]:
        outline = self.ground.outline
        if self.answers:
            yield sheets.levels(outline, self.ground.condensed, self.lang)
            if any(goal.notes for goal in outline.goals()):
                yield sheets.remarks(outline, self.lang)
        if queries.Activities in self.asked:
            yield sheets.activities(outline, self.lang)
        if self.measures():
            yield sheets.numbers(self.measures(), self.ground.names(self.lang), self.lang)
        if self.found.claims:
            yield sheets.claims([one.checked for one in self.found.claims], self.lang)

    def made_of(self) -> Iterator[tuple[str, str]]:
        """What the report rests on, as (heading, text)."""
        w, draft, snapshot = self.w, self.draft, self.ground.snapshot
        edition, outline = draft.edition, self.ground.outline
        content = f"SHA-256 {edition.sha256[:12]}" if edition.sha256 else ""
        yield w("plan"), ", ".join(filter(None, (w.of(outline, "title"), edition.key, content)))
        if draft.round and self.answers:
            state = (
                w("made_of.frozen", day=formats.day_in_text(localdate(draft.round.frozen_at), self.lang))
                if draft.round.frozen_at
                else w("made_of.open")
            )
            yield w("made_of.round"), f"{draft.round.label}, {state}"
        measures = self.measures()
        if snapshot and measures:
            yield w("snapshot"), f"{snapshot.id}, {snapshot.title}"
            yield w("data_until"), formats.day_in_table(snapshot.as_of)
            told = dict.fromkeys(
                f"{measure.id} {measure.version} ({measure.hash})" for measure, _ in measures
            )
            yield w("made_of.definitions"), ", ".join(told)
        yield w("software"), f"Fyrbåk {version('fyrbak')}"
