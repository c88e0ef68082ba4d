"""One plan with one round of assessments, as plain values: the shape that reports and pages read.

The same shape is made from a document just read (``goals.document_outline``), from a stored edition and round
(``goals.selectors``) and from the strategy's own content (``goals.strategy``). Nothing here needs a database.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from fyrbak.errors import BadInputError

# Why a level was left blank. A blank that came without a reason is "not_stated"; it is never "not started".
BLANK_REASONS = {
    "not_stated": {"sv": "Ingen nivå angiven", "en": "No level stated"},
    "not_applicable": {"sv": "Målet gäller inte regionen", "en": "The goal does not apply to the region"},
    "cannot_assess": {"sv": "Går inte att bedöma", "en": "Cannot be assessed"},
}


@dataclass(frozen=True)
class Voice:
    """Who speaks: a region that assesses, or the regional cancer centre that only comments.

    ``code`` is an organisation code ("24", "rcc:norr"); ``short`` the heading of its column ("RV").
    """

    code: str
    short: str
    name_sv: str
    name_en: str


@dataclass(frozen=True)
class LevelMeaning:
    """One level of a plan's scale. ``symbol`` and ``token`` (a colour token) show it; the word says it."""

    code: str
    label_sv: str
    label_en: str
    order: int
    reached: bool
    started: bool
    symbol: str
    token: str


@dataclass(frozen=True)
class Level:
    """What was answered: one code, several (mixed), or none with the reason why.

    ``codes`` stand in the order they were written: ("U", "E") for "U/E". ``uncertain`` is the source's own
    question mark, ``blank_reason`` a key of BLANK_REASONS, ``raw`` the cell word for word.
    """

    codes: tuple[str, ...] = ()
    uncertain: bool = False
    blank_reason: str | None = None
    raw: str = ""

    def __post_init__(self) -> None:
        if bool(self.codes) == (self.blank_reason is not None):
            raise BadInputError("a level has codes or a reason for being blank, never both or neither.")

    @property
    def blank(self) -> bool:
        return not self.codes

    @property
    def mixed(self) -> bool:
        return len(self.codes) > 1


@dataclass(frozen=True)
class Assessment:
    """One organisation's level and comment on one goal. ``lines`` is the place in the source, if any."""

    organisation: str
    level: Level
    comment: str = ""
    lines: str = ""
    doubtful: str = ""


@dataclass(frozen=True)
class Note:
    """A remark by a voice that sets no level, such as the regional cancer centre."""

    voice: Voice
    text: str
    lines: str = ""
    doubtful: str = ""


@dataclass(frozen=True)
class Target:
    """What a goal promises. ``value`` is in the unit; without a value the target is a state or a trend.

    ``kind`` is one of those in ``goals.definitions.TargetDefinition``; ``operator`` is >=, >, <= or <.
    """

    kind: str
    operator: str = ""
    value: float | None = None
    unit_sv: str = ""
    unit_en: str = ""
    deadline: date | None = None


@dataclass(frozen=True)
class Evidence:
    """A measure that speaks about a goal: the goal promises it (``measures``) or it helps (``illuminates``).

    ``measure`` is the id of a measure and ``dims`` narrows it, such as ``{"pathway": "lung"}``. ``suggested``
    says that a rule made the link and nobody has confirmed it yet.
    """

    measure: str
    role: str
    why_sv: str
    why_en: str
    dims: dict[str, str] = field(default_factory=dict)
    suggested: bool = True


@dataclass(frozen=True)
class Link:
    """A sub-goal of the strategy, by its number, that a goal serves, and why."""

    number: str
    why_sv: str
    why_en: str
    suggested: bool = True


@dataclass(frozen=True)
class Party:
    """Somebody with a role (responsible, performs, supports) in an activity, in the source's words.

    ``organisation`` is a code where the words name one for certain.
    """

    role: str
    raw: str
    organisation: str = ""


@dataclass(frozen=True)
class Activity:
    """One row of an action plan: its seven fields as text. ``None`` says that the table had no such column.

    ``lines`` and ``doubtful`` hold, per field name, the place in the source and the reason for review.
    """

    number: str
    activity: str
    how: str | None = None
    who: str | None = None
    when: str | None = None
    responsible: str | None = None
    follow_up: str | None = None
    time_frame: str | None = None
    parties: tuple[Party, ...] = ()
    lines: dict[str, str] = field(default_factory=dict)
    doubtful: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """Where a goal began, as one ``source`` says it; without a source, as the plan's own words have it.

    ``dated`` is the year, month or day that it holds for or was published ("2025-12"). ``to_verify`` says
    that nobody has settled it, as where sources contradict each other.
    """

    text_sv: str
    text_en: str = ""
    source: str = ""
    dated: str = ""
    to_verify: bool = False


@dataclass(frozen=True)
class Goal:
    """One thing that is assessed: a goal, or one part of a goal that has several.

    ``number`` is unique in the plan ("3.3"; "3.3a" for a part), ``text_sv`` the wording as adopted and
    ``title_sv`` a short working title if there is one. ``text_en`` is empty where no translation exists.
    ``theme``, ``actor`` (who carries it), ``baseline`` (where it began: none of the statements is chosen over
    the others) and ``source`` (section or place) are filled in where the plan tells. ``doubtful`` says why
    the reading of the wording needs review, if it does.
    """

    number: str
    text_sv: str
    text_en: str = ""
    title_sv: str = ""
    title_en: str = ""
    assessments: tuple[Assessment, ...] = ()
    notes: tuple[Note, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    activities: tuple[Activity, ...] = ()
    target: Target | None = None
    links: tuple[Link, ...] = ()
    theme_sv: str = ""
    theme_en: str = ""
    actor_sv: str = ""
    actor_en: str = ""
    baseline: tuple[Statement, ...] = ()
    source: str = ""
    doubtful: str = ""

    def of(self, organisation: str) -> Assessment | None:
        """The assessment by the organisation with this code, if it was asked."""
        return next((a for a in self.assessments if a.organisation == organisation), None)


@dataclass(frozen=True)
class Area:
    """A chapter of a plan, with the overall goal that its goals serve."""

    number: str
    name_sv: str
    name_en: str = ""
    overall_goal_sv: str = ""
    overall_goal_en: str = ""
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True)
class PlanOutline:
    """A plan with one round. ``organisations`` are those who assess, in the plan's own order.

    ``id`` is stable for the same content and fit for an address. ``level`` is national-strategy, direction,
    regional, local or agreement. ``owner`` is an organisation code, empty
    when a document does not tell. ``source`` names the file or publication, ``sha256`` its content.
    """

    id: str
    level: str
    title_sv: str
    title_en: str
    owner: str = ""
    round_label: str = ""
    synthetic: bool = False
    source: str = ""
    sha256: str = ""
    scale: tuple[LevelMeaning, ...] = ()
    organisations: tuple[Voice, ...] = ()
    areas: tuple[Area, ...] = ()

    def goals(self) -> Iterator[Goal]:
        """Every goal in the plan's order."""
        for area in self.areas:
            yield from area.goals

    def goal(self, number: str) -> Goal:
        """The goal with this number. Raises KeyError."""
        found = next((goal for goal in self.goals() if goal.number == number), None)
        if found is None:
            raise KeyError(number)
        return found

    def meaning(self, code: str) -> LevelMeaning:
        """What a level of this plan's scale means. Raises KeyError."""
        found = next((level for level in self.scale if level.code == code), None)
        if found is None:
            raise KeyError(code)
        return found


def level_text(level: Level) -> str:
    """The level as it is written: "U", "U/E", "P?", or "" for a blank."""
    return "/".join(level.codes) + ("?" if level.uncertain else "")


def parse_level(raw: str | None, codes: Sequence[str]) -> Level:
    """Read a cell such as "P", "P/U" or "P?" on a scale with these level codes.

    An empty cell becomes a blank with the reason ``not_stated``. Raises BadInputError for a code that the
    scale does not have, or the same code twice.
    """
    text = re.sub(r"\s+", "", raw or "")
    if not text:
        return Level(blank_reason="not_stated", raw=raw or "")
    parts = tuple(part.rstrip("?") for part in text.split("/"))
    unknown = [part for part in parts if part not in codes]
    if unknown or len(set(parts)) != len(parts):
        scale = ", ".join(codes)
        raise BadInputError(f"the level '{raw}' is not on the scale {scale}. Correct it in the document.")
    return Level(codes=parts, uncertain="?" in text, raw=raw or "")


def stable_id(*parts: str) -> str:
    """Twelve hex digits that are the same for the same parts, fit for an address."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]
