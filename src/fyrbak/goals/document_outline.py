"""From a document just read to an outline: columns become organisations, cells become levels and comments.

Nothing is stored and no database is needed. ``goals.importing`` stores what stands here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.goals import outline as o
from fyrbak.goals.documents import document as d
from fyrbak.goals.evidence import evidence_for, links_for
from fyrbak.goals.strategy import scale_meanings
from fyrbak.records.organisations import Organisation, by_short, organisation, organisations, regions

SCALE = "upe"
NOBODY = o.Voice("", "", "Utan angiven röst", "No voice named")
_SUPPORT = re.compile(r"\bmed\s+(?:stöd|hjälp)\s+av\b:?", re.IGNORECASE)


def outline_of_document(document: d.Document, *, owner: str = "", round_label: str = "") -> o.PlanOutline:
    """The outline of a read document. ``owner`` is an organisation code.

    Without an owner, a follow-up belongs to the one RCC whose regions have all the short names in its
    columns, and an action plan to nobody. Raises UnknownNameError naming a short name that the RCC does not
    have, and BadInputError when the owner cannot be told or a level is not on the scale.
    """
    follow_up = document.kind is d.Kind.FOLLOW_UP
    _numbers_stand_once(document)
    shorts = _columns(document)
    owner = owner or (_rcc_with(shorts, document.file) if follow_up else "")
    holder = organisation(owner) if owner else None
    named = {short: by_short(short, _rcc_code(holder)) for short in shorts} if holder else {}
    reader = _Reader(named, holder)
    kind_sv, kind_en = (
        ("Uppföljning av cancerplan", "Follow-up of cancer plan")
        if follow_up
        else ("Handlingsplan", "Action plan")
    )
    tail_sv, tail_en = (holder.name_sv, holder.name_en) if holder else (document.file, document.file)
    return o.PlanOutline(
        id=o.stable_id(document.sha256, owner),
        level="regional" if follow_up else "local",
        title_sv=f"{kind_sv}, {tail_sv}",
        title_en=f"{kind_en}, {tail_en}",
        owner=owner,
        round_label=round_label,
        source=document.file,
        sha256=document.sha256,
        scale=reader.scale,
        organisations=tuple(_voice(place) for place in named.values()),
        areas=tuple(reader.area(area) for area in document.areas),
    )


class _Reader:
    """Reads one document's rows with its columns' organisations and its scale."""

    def __init__(self, named: dict[str, Organisation], holder: Organisation | None) -> None:
        self.named = named
        self.holder = holder
        self.scale = scale_meanings(SCALE)
        self.codes = [level.code for level in self.scale]

    def area(self, area: d.Area) -> o.Area:
        """An area of goals; or an action plan's area, whose overall goal carries the activities."""
        activities = tuple(_activity(row) for row in area.rows if isinstance(row, d.Activity))
        goals = tuple(self.goal(row) for row in area.rows if isinstance(row, d.Goal))
        overall = area.overall_goal.text if area.overall_goal else ""
        if activities:
            goals = (_overall_goal(area, overall or area.name.text, activities), *goals)
        return o.Area(area.id, area.name.text, overall_goal_sv=overall, goals=goals)

    def goal(self, goal: d.Goal) -> o.Goal:
        text = goal.text.text
        return o.Goal(
            number=goal.id,
            text_sv=text,
            assessments=tuple(self.assessment(goal, short) for short in self.named),
            notes=tuple(self.notes(goal)),
            evidence=evidence_for(text),
            links=links_for(text),
            source=str(goal.text.place),
            doubtful=goal.text.doubtful or "",
        )

    def assessment(self, goal: d.Goal, short: str) -> o.Assessment:
        """One region's level and comment. A column that the goal's table lacks is a blank."""
        cells = [cell for cell in (goal.levels.get(short), goal.comments.get(short)) if cell]
        level, comment = goal.levels.get(short), goal.comments.get(short)
        try:
            answer = o.parse_level(level.text if level else "", self.codes)
        except BadInputError as error:
            place = level.place if level else goal.text.place
            raise BadInputError(f"goal {goal.id}, {short} ({place}): {error}") from None
        return o.Assessment(
            organisation=self.named[short].code,
            level=answer,
            comment=comment.text if comment else "",
            lines="; ".join(str(cell.place) for cell in cells),
            doubtful=" ".join(cell.doubtful for cell in cells if cell.doubtful),
        )

    def notes(self, goal: d.Goal) -> Iterator[o.Note]:
        """What was said by voices that have no column, and what stands under no label at all."""
        for name, cell in goal.comments.items():
            if name not in self.named:
                yield o.Note(self.speaker(name), cell.text, str(cell.place), cell.doubtful or "")
        if goal.unattributed:
            cell = goal.unattributed
            yield o.Note(NOBODY, cell.text, str(cell.place), cell.doubtful or "")

    def speaker(self, name: str) -> o.Voice:
        """The organisation that goes by this name, or a voice without a code when none does."""
        known = next((place for place in organisations() if name in (place.name_sv, place.name_en)), None)
        return _voice(known) if known else o.Voice("", name, name, name)


def _numbers_stand_once(document: d.Document) -> None:
    """Check that areas and goals can be told apart by their numbers."""
    rows = [row for area in document.areas for row in area.rows]
    for numbers in ([area.id for area in document.areas], [row.id for row in rows]):
        twice = next((number for number, times in Counter(numbers).items() if times > 1), None)
        if twice:
            raise BadInputError(
                f"{document.file}: the number {twice} stands twice. Number the rows anew.",
                word="plans.fault.number_twice",
                given=twice,
            )


def _columns(document: d.Document) -> list[str]:
    """The columns for levels, in the order in which they first stand in the document."""
    goals = [row for area in document.areas for row in area.rows if isinstance(row, d.Goal)]
    return list(dict.fromkeys(short for goal in goals for short in goal.levels))


def _rcc_code(holder: Organisation) -> str:
    """The RCC in which the owner's short names hold."""
    if holder.kind == "rcc":
        return holder.code
    raise BadInputError(
        f"{holder.name_sv} ({holder.code}) is not an RCC, and a follow-up by regions needs one as its owner. "
        "Give the code of an RCC, such as rcc:norr.",
        word="plans.fault.not_rcc",
        owner=holder.name_sv,
    )


def _rcc_with(shorts: list[str], file: str) -> str:
    """Code of the only RCC whose regions go by all these short names."""

    def has_all(rcc: str) -> bool:
        try:
            return all(by_short(short, rcc) for short in shorts)
        except UnknownNameError:
            return False

    fitting = [place.code for place in organisations() if place.kind == "rcc" and has_all(place.code)]
    if len(fitting) == 1:
        return fitting[0]
    known = {place.short for place in regions()}
    strange = next((short for short in shorts if short not in known), None)
    together = f"the columns {', '.join(shorts)} fit no single RCC"
    cause = f"no region is called '{strange}'" if strange else together
    raise BadInputError(f"{file}: {cause}. Correct the column headings, or say who owns the plan.")


def _voice(place: Organisation) -> o.Voice:
    return o.Voice(place.code, place.short or place.name_sv, place.name_sv, place.name_en)


def _overall_goal(area: d.Area, text: str, activities: tuple[o.Activity, ...]) -> o.Goal:
    """An action plan states one overall goal per area; evidence and links also look at what is to be done."""
    stated = area.overall_goal or area.name
    told = "\n".join([area.name.text, text, *(f"{row.activity}\n{row.how or ''}" for row in activities)])
    return o.Goal(
        number=area.id,
        text_sv=text,
        title_sv=area.name.text,
        evidence=evidence_for(told),
        activities=activities,
        links=links_for(told),
        source=str(stated.place),
        doubtful=stated.doubtful or "",
    )


def _activity(row: d.Activity) -> o.Activity:
    texts = {column.value: row.columns[column].text for column in d.Column if column in row.columns}
    return o.Activity(
        number=row.id,
        activity=texts.pop("activity", ""),
        parties=(
            *parties_in(texts.get("who"), "performs"),
            *parties_in(texts.get("responsible"), "responsible"),
        ),
        lines={field: str(cell.place) for field, cell in row.cells()},
        doubtful={field: cell.doubtful for field, cell in row.cells() if cell.doubtful},
        **texts,
    )


def parties_in(raw: str | None, role: str) -> Iterator[o.Party]:
    """Split a cell into those it names, one a line; who stands after "med stöd av" supports.

    Where a line ends with those words, all the lines after it support. The cell's own text stays as it was;
    this is a reading of it.
    """
    now = role
    for line in (raw or "").split("\n"):
        before, *after = _SUPPORT.split(line, maxsplit=1)
        for name, name_role in ((before, now), *((rest, "supports") for rest in after)):
            if clean := _clean(name):
                yield o.Party(name_role, clean, _code_of(clean))
        if after and not after[0].strip(" -–•:"):
            now = "supports"


def _clean(name: str) -> str:
    """The name without bullets, closing marks and a bracket whose other half went elsewhere."""
    name = name.strip(" -–•\t,.:")
    if name.count("(") < name.count(")"):
        name = name.removesuffix(")")
    return name.removesuffix("(").strip()


def _code_of(name: str) -> str:
    """The code of the organisation with exactly this name, or nothing."""
    return next((place.code for place in organisations() if place.name_sv == name), "")
