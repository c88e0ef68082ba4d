"""From what was drawn to tables in the layout, with keys, places, days of recording and versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from fyrbak.records import organisations
from fyrbak.records.synth import background, population
from fyrbak.records.synth.background import COUNTRIES, EDUCATIONS, UNKNOWN, Background
from fyrbak.records.synth.calendar import NEVER, Flags, Ints, year_end, year_of
from fyrbak.records.synth.disease import Tumours, codes, diseases
from fyrbak.records.synth.episodes import Episodes
from fyrbak.records.synth.events import NO_SUCH_PATHWAY, Events
from fyrbak.records.synth.numbers import COORDINATION, KINDS, PERSONAL, RESERVE, Issuer
from fyrbak.records.synth.pathways import Pathways
from fyrbak.records.synth.population import Population
from fyrbak.records.synth.treatments import Treatments, treatments
from fyrbak.records.synth.vaccinations import Doses
from fyrbak.records.synth.writing import build, days, keys, revised, words

_COORDINATED, _RENUMBERED, _PROTECTED = 0.01, 0.005, 0.001
_CORRECTED_PERSONS, _CORRECTED_DEATHS, _CORRECTED_HOMES, _CORRECTED_TUMOURS = 0.001, 0.01, 0.001, 0.01
_GHOST_TUMOURS = 0.005
_LATE = 0.03
_NEWBORN = 30  # days of life in which nobody changes number
_HPV_VACCINE = "J07BM03"
# Editions of the systems of stages. FIGO's differ by organ and are not told here.
_STAGES = {"tnm": "uicc8", "figo": "unstated", "ann-arbor": "lugano", "binet": "1981"}
_GROUPS = {
    "tnm": ("I", "II", "III", "IV"), "figo": ("I", "II", "III", "IV"), "ann-arbor": ("I", "II", "III", "IV"),
    "binet": ("A", "B", "C", "C"),
}  # fmt: skip
# A plausible T, N and M for each stage group I to IV.
_T, _N, _M = ("T1", "T2", "T3", "T3"), ("N0", "N0", "N1", "N1"), ("M0", "M0", "M0", "M1")


@dataclass
class Numbering:
    """Running numbers of rows, table by table, through all pieces."""

    _next: dict[str, int] = field(default_factory=dict)

    def take(self, letter: str, count: int) -> pa.Array:
        """The next ``count`` keys with this letter."""
        first = self._next.get(letter, 1)
        self._next[letter] = first + count
        return keys(letter, np.arange(first, first + count))


@dataclass(frozen=True)
class Piece:
    """All that was drawn for one piece of the population."""

    people: Population
    tumours: Tumours
    episodes: Episodes
    events: Events
    doses: Doses
    background: Background
    content: Pathways
    regions: tuple[str, ...]
    as_of: int
    issuer: Issuer
    numbering: Numbering

    def person(self, who: Ints) -> Ints:
        """The source's own numbers of persons."""
        return self.people.first + who

    def region(self, place: Ints) -> pa.Array:
        """Region codes; missing abroad."""
        return words(self.regions, place)

    def hospital(self, who: Ints, place: Ints, unit: str = "") -> pa.Array:
        """A hospital of the region, the same each time for a person; or one of its units.

        The region's first hospital, which is its largest, takes half of the persons besides its share.
        """
        own = [[h.code for h in organisations.hospitals(code)] for code in self.regions]
        count = np.array([len(hospitals) for hospitals in own])
        first = np.r_[0, np.cumsum(count)[:-1]]
        lot = self.person(who) % (2 * count[place])
        position = first[place] + np.where(lot < count[place], lot, 0)
        names = [code + unit for hospitals in own for code in hospitals]
        return words(names, np.where(place < 0, -1, position))


def tables_of(rng: np.random.Generator, piece: Piece) -> Iterator[tuple[str, pa.Table]]:
    """All tables of a piece, in the layout's order."""
    tumours, keyed = _tumours(rng, piece)
    done = treatments(rng, piece.people, piece.tumours, piece.episodes, piece.as_of)
    yield "person", _persons(rng, piece)
    yield "identity", _identities(rng, piece)
    yield "residence", _residences(rng, piece)
    yield "death", _deaths(rng, piece)
    yield "background", _backgrounds(piece)
    yield "tumour", tumours
    yield "stage", _stages(rng, piece, keyed)
    yield "procedure", _procedures(rng, piece, keyed, done)
    yield "treatment_course", _courses(rng, piece, keyed, done)
    yield "pathway_event", _events(rng, piece)
    yield "vaccination", _vaccinations(rng, piece)


def _some(rng: np.random.Generator, size: int, share: float) -> Flags:
    return rng.random(size) < share


def _recorded(rng: np.random.Generator, day: Ints, as_of: int) -> Ints:
    """Days of recording: soon after, a few of them late, none after the extract."""
    lag = rng.exponential(12, day.size) + np.where(
        _some(rng, day.size, _LATE), rng.uniform(60, 250, day.size), 0
    )
    return np.minimum(np.where(day == NEVER, as_of, day) + lag.astype(np.int64), as_of)


def _persons(rng: np.random.Generator, piece: Piece) -> pa.Table:
    people, size = piece.people, len(piece.people)
    table = build("person", size, {
        "person_id": piece.person(np.arange(size)),
        "record_key": keys("p", piece.person(np.arange(size))),
        "recorded_at": days(people.birth),
        "visibility": words(("normal", "protected"), _some(rng, size, _PROTECTED).astype(np.int64)),
        "birth_date": days(people.birth),
        "sex": words(("F", "M"), people.male.astype(np.int64)),
    })  # fmt: skip
    return revised(
        table, corrected=_some(rng, size, _CORRECTED_PERSONS), retracted=np.zeros(size, np.bool_),
        first={"birth_date": days(people.birth - 1)}, recorded=np.full(size, piece.as_of),
    )  # fmt: skip


def _identities(rng: np.random.Generator, piece: Piece) -> pa.Table:
    """Everybody's number; for a few a coordination number that was replaced by a personal one."""
    people, size = piece.people, len(piece.people)
    kind = np.where(_some(rng, size, _COORDINATED), COORDINATION, PERSONAL)
    now = piece.issuer.issue(kind, people.birth, people.male)
    life = np.minimum(people.death, piece.as_of) - people.birth
    changed = np.flatnonzero(_some(rng, size, _RENUMBERED) & (now.kind == PERSONAL) & (life > _NEWBORN))
    was = piece.issuer.issue(np.full(changed.size, COORDINATION), people.birth[changed], people.male[changed])
    day = people.birth.copy()
    day[changed] += (life[changed] * rng.uniform(0.1, 0.9, changed.size)).astype(np.int64)
    who = np.r_[np.arange(size), changed]
    kinds = np.r_[now.kind, was.kind]
    rows = len(who)
    return build("identity", rows, {
        "record_key": piece.numbering.take("i", rows),
        "recorded_at": days(np.r_[day, people.birth[changed]]),
        "person_id": piece.person(who),
        "kind": words(KINDS, kinds),
        "number": pa.concat_arrays([now.text, was.text]),
        "issuer": piece.region(np.where(kinds == RESERVE, people.places[who, 0], -1)),
        "valid_from": days(np.r_[day, people.birth[changed]]),
        "valid_to": days(np.r_[np.full(size, NEVER), day[changed] - 1]),
    })  # fmt: skip


def _residences(rng: np.random.Generator, piece: Piece) -> pa.Table:
    homes = population.residences(piece.people)
    rows, towns = len(homes), _municipalities(piece.regions)
    choice = rng.integers(0, 1 << 30, rows)
    town = np.full(rows, -1)
    names = [code for codes in towns.values() for code in codes]
    for place, own in towns.items():
        here = homes.place == place
        town[here] = names.index(own[0]) + choice[here] % len(own)
    table = build("residence", rows, {
        "record_key": piece.numbering.take("r", rows),
        "recorded_at": days(_recorded(rng, homes.start, piece.as_of)),
        "person_id": piece.person(homes.who),
        "region": piece.region(homes.place),
        "municipality": words([*names, ""], np.where(town < 0, len(names), town)),
        "start_date": days(homes.start),
        "end_date": days(homes.end),
    })  # fmt: skip
    other = (homes.place + 1) % len(piece.regions)
    corrected = _some(rng, rows, _CORRECTED_HOMES) & (homes.place >= 0)
    return revised(
        table, corrected=corrected, retracted=np.zeros(rows, np.bool_),
        first={"region": piece.region(other), "municipality": words([""], np.zeros(rows, np.int64))},
        recorded=np.full(rows, piece.as_of),
    )  # fmt: skip


def _municipalities(regions: tuple[str, ...]) -> dict[int, list[str]]:
    """Municipalities of the regions that are split, by position of the region."""
    towns: dict[int, list[str]] = {}
    for town in organisations.organisations():
        if town.kind == "municipality" and town.parent in regions:
            towns.setdefault(regions.index(town.parent), []).append(town.code)
    return towns


def _deaths(rng: np.random.Generator, piece: Piece) -> pa.Table:
    people = piece.people
    who = np.flatnonzero(people.death != NEVER)
    day = people.death[who]
    recorded = _recorded(rng, day, piece.as_of)
    ill = np.full(len(people), -1)
    ill[piece.tumours.who] = piece.tumours.code
    cause = np.where(ill[who] >= 0, ill[who], len(codes()))
    table = build("death", who.size, {
        "record_key": piece.numbering.take("d", who.size),
        "recorded_at": days(recorded),
        "person_id": piece.person(who),
        "death_date": days(day),
        "underlying_cause": words([*codes(), "I25.9"], cause),
    })  # fmt: skip
    return revised(
        table, corrected=_some(rng, who.size, _CORRECTED_DEATHS), retracted=np.zeros(who.size, np.bool_),
        first={"death_date": days(np.minimum(day + 1, piece.as_of))}, recorded=np.full(who.size, piece.as_of),
    )  # fmt: skip


def _backgrounds(piece: Piece) -> pa.Table:
    """What statistics deliver a year after each year's end; some rows at first without education."""
    b = piece.background.rows
    rows, year = len(b), year_of(b.day)
    out = year_end(year + 1)
    table = build("background", rows, {
        "record_key": piece.numbering.take("b", rows),
        "recorded_at": days(out),
        "person_id": piece.person(b.who),
        "year": year.astype(np.int16),
        "education": words(EDUCATIONS, b.education),
        "income": pa.array(b.income.astype(np.int16), mask=b.income == 0),
        "birth_country": words(COUNTRIES, b.country),
        "municipality_group": words(background.groups(), b.group),
    })  # fmt: skip
    return revised(
        table, corrected=b.corrected, retracted=np.zeros(rows, np.bool_),
        first={"education": words(EDUCATIONS, np.full(rows, UNKNOWN))},
        recorded=np.minimum(out + 60, piece.as_of),
    )  # fmt: skip


def _tumours(rng: np.random.Generator, piece: Piece) -> tuple[pa.Table, pa.Array]:
    """The tumours, a few of them corrected, and some that were never there; and the keys of the true ones."""
    true = piece.tumours
    size, ghosts = len(true), rng.integers(0, max(len(true), 1), int(len(true) * _GHOST_TUMOURS))
    t = true.take(np.r_[np.arange(size), ghosts])
    rows = len(t)
    ghost = np.arange(rows) >= size
    key = piece.numbering.take("t", rows)
    paired = np.array([getattr(d, "paired", False) for d in diseases()])[t.group]
    recorded = _recorded(rng, t.day, piece.as_of)
    table = build("tumour", rows, {
        "record_key": key,
        "recorded_at": days(recorded),
        "person_id": piece.person(t.who),
        "start_date": days(t.day),
        "code": words(codes(), t.code),
        "code_system": "icd10",
        "region": piece.region(t.place),
        "unit": piece.hospital(t.who, t.place),
        "morphology": words([d.morphology for d in diseases()], t.group),
        "behaviour": words([d.behaviour for d in diseases()], t.group),
        "laterality": words(("U", "L", "R"), np.where(paired, 1 + (t.who + t.day) % 2, 0)),
        "basis": words(("3", "5", "2", "8"), rng.choice(4, rows, p=(0.86, 0.06, 0.05, 0.03))),
    })  # fmt: skip
    table = revised(
        table, corrected=_some(rng, rows, _CORRECTED_TUMOURS) & ~ghost, retracted=ghost,
        first={"code": words(("C80.9",), np.zeros(rows, np.int64))}, recorded=np.full(rows, piece.as_of),
    )  # fmt: skip
    return table, key.slice(0, size)


def _stages(rng: np.random.Generator, piece: Piece, keyed: pa.Array) -> pa.Table:
    systems = list(_STAGES)
    known = np.array([systems.index(s) if (s := getattr(d, "stage", "")) else -1 for d in diseases()])
    day = piece.tumours.day + rng.integers(3, 25, len(piece.tumours))
    own = (piece.tumours.stage > 0) & (day <= np.minimum(piece.people.death[piece.tumours.who], piece.as_of))
    t, day = piece.tumours.take(own), day[own]
    system, level = known[t.group], t.stage - 1
    tnm = system == systems.index("tnm")
    groups = [name for s in systems for name in _GROUPS[s]]
    return build("stage", len(t), {
        "record_key": piece.numbering.take("s", len(t)),
        "recorded_at": days(_recorded(rng, day, piece.as_of)),
        "person_id": piece.person(t.who),
        "start_date": days(day),
        "region": piece.region(t.place),
        "unit": piece.hospital(t.who, t.place),
        "tumour_key": keyed.filter(pa.array(own)),
        "tumour_link": "stated",
        "system": words(systems, system),
        "edition": words(list(_STAGES.values()), system),
        "basis": "c",
        "t": words([*_T, ""], np.where(tnm, level, 4)),
        "n": words([*_N, ""], np.where(tnm, level, 4)),
        "m": words([*_M, ""], np.where(tnm, level, 4)),
        "group": words(groups, system * 4 + level),
    })  # fmt: skip


def _procedures(rng: np.random.Generator, piece: Piece, keyed: pa.Array, done: Treatments) -> pa.Table:
    surgery = done.take(done.surgical & done.first)
    t = piece.tumours.take(surgery.tumour)
    code = words([getattr(d, "surgery", "") for d in diseases()], t.group)
    named = np.array([bool(getattr(d, "surgery", "")) for d in diseases()])[t.group]
    return build("procedure", len(t), {
        "record_key": piece.numbering.take("o", len(t)),
        "recorded_at": days(_recorded(rng, surgery.start, piece.as_of)),
        "person_id": piece.person(t.who),
        "start_date": days(surgery.start),
        "code": code,
        "code_system": words(("", "kva"), named.astype(np.int64)),
        "verbatim": "operation av tumör",
        "region": piece.region(t.place),
        "unit": piece.hospital(t.who, t.place, "-kir"),
        "tumour_key": keyed.take(pa.array(surgery.tumour)),
        "tumour_link": "stated",
        "intent": words(("curative", "palliative"), surgery.palliative.astype(np.int64)),
        "residual": words(("R0", "R1", ""), rng.choice(3, len(t), p=(0.8, 0.1, 0.1))),
    })  # fmt: skip


def _courses(rng: np.random.Generator, piece: Piece, keyed: pa.Array, done: Treatments) -> pa.Table:
    t = piece.tumours.take(done.tumour)
    over = done.end <= piece.as_of
    return build("treatment_course", len(t), {
        "record_key": piece.numbering.take("c", len(t)),
        "recorded_at": days(_recorded(rng, done.start, piece.as_of)),
        "person_id": piece.person(t.who),
        "start_date": days(done.start),
        "end_date": days(np.where(over, done.end, NEVER)),
        "state": words(("ongoing", "ended"), over.astype(np.int64)),
        "region": piece.region(t.place),
        "unit": piece.hospital(t.who, t.place, "-onk"),
        "tumour_key": keyed.take(pa.array(done.tumour)),
        "tumour_link": "stated",
        "modality": words(Treatments.MODALITIES, done.modality),
        "intent": words(("curative", "palliative"), done.palliative.astype(np.int64)),
        "setting": words(Treatments.SETTINGS, done.setting),
    })  # fmt: skip


def _events(rng: np.random.Generator, piece: Piece) -> pa.Table:
    order = np.lexsort((piece.events.point, piece.events.day, piece.events.who))
    e = piece.events.take(order)
    rows, content = len(e), piece.content
    prefix = np.array([*content.prefixes, ""])[e.pathway]
    points = [f"{point:02d}" for point in range(100)]
    code = np.where(prefix == "", "", np.char.add(prefix, np.array(points)[e.point]))
    used, position = np.unique(code, return_inverse=True)
    recorded = _recorded(rng, e.day, piece.as_of)
    table = build("pathway_event", rows, {
        "record_key": piece.numbering.take("e", rows),
        "recorded_at": days(recorded),
        "person_id": piece.person(e.who),
        "start_date": days(e.day),
        "code": words(used.tolist(), position),
        "code_system": words(("kva", ""), (prefix == "").astype(np.int64)),
        "region": piece.region(e.place),
        "unit": piece.hospital(e.who, e.place),
        "pathway": words([*content.ids, NO_SUCH_PATHWAY], e.pathway),
        "point": words(points, e.point),
        "variant": words(content.variant_names(), e.variant),
        "original_start": days(e.original),
    })  # fmt: skip
    return revised(
        table, corrected=e.was != NEVER, retracted=e.ghost,
        first={"start_date": days(np.where(e.was != NEVER, e.was, e.day))},
        recorded=np.minimum(recorded + 30, piece.as_of),
    )  # fmt: skip


def _vaccinations(rng: np.random.Generator, piece: Piece) -> pa.Table:
    d = piece.doses
    rows = len(d)
    recorded = _recorded(rng, d.day, piece.as_of)
    table = build("vaccination", rows, {
        "record_key": piece.numbering.take("v", rows),
        "recorded_at": days(recorded),
        "person_id": piece.person(d.who),
        "start_date": days(d.day),
        "code": _HPV_VACCINE,
        "code_system": "atc",
        "region": piece.region(d.place),
        "agent": "hpv",
        "dose": d.dose.astype(np.int16),
    })  # fmt: skip
    return revised(
        table, corrected=np.zeros(rows, np.bool_), retracted=d.ghost, first={},
        recorded=np.minimum(recorded + 30, piece.as_of),
    )  # fmt: skip
