"""The work list: every ongoing pathway of the own organisation, what burns first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.timezone import localtime

from fyrbak.access.roles import Deed
from fyrbak.measures.risk_kept import risks
from fyrbak.measures.worklist import ORDERS, Order, Waiting, Worklist, in_order
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.ongoing.selectors import latest_refresh, of_children, open_cases, standing_bookings
from fyrbak.pathways.ongoing.showing import hidden, show
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import days_left, pathway_title, place_name, risk_told, who
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page

PER_PAGE = 50
_Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Line:
    """One row of the list, in words."""

    key: str
    who: str
    pathway: str
    place: str
    start: date
    day: int
    late: bool
    child: bool
    left: str
    next_step: str
    booked: date | None
    passed: bool
    risk: str


@allowed(Deed.FOLLOW_PATHWAYS)
def worklist(request: Request) -> HttpResponse:
    """Every ongoing pathway in sight, narrowed and ordered as the address says. It is an entry in the log."""
    words, asked, on = Words(language_of(request)), request.GET, ground.today()
    known = list(open_cases())
    chosen = [case for case in known if _wanted(case, asked)]
    order = _order(asked)
    lines = in_order(Worklist(on, risks(on)).lines(chosen, standing_bookings(chosen)), order)
    whole, number = "print" in asked, _number(asked, len(lines))
    shown = lines if whole else lines[(number - 1) * PER_PAGE : number * PER_PAGE]
    children = of_children(line.case for line in shown)
    names = show([line.case.person_id for line in shown], page=f"svf?{asked.urlencode()}"[:200])
    return page(
        request, "worklist/list", title=words("worklist.title"), section="work", on=on,
        lead=_lead(lines, words), lines=[_line(line, names, children, on, words) for line in shown],
        heads=_heads(order, asked, words), choices=_choices(known, asked, words), order=order,
        count=len(lines), pages=[] if whole else _pages(number, len(lines), asked), number=number,
        hidden=hidden(), refreshed=_refreshed(words), whole=whole,
        print_at="?" + urlencode([*_kept(asked, "page"), ("print", "1")]), counted=risks(on) is not None,
    )  # fmt: skip


def _wanted(case: Case, asked: Mapping[str, str]) -> bool:
    unit = asked.get("unit", "")
    return asked.get("pathway", "") in ("", case.pathway) and unit in ("", case.unit_id or case.region_id)


def _order(asked: Mapping[str, str]) -> Order:
    return next((order for order in ORDERS if order == asked.get("order")), "risk")


def _number(asked: Mapping[str, str], count: int) -> int:
    """The page asked for, within those there are."""
    typed = asked.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
    return min(max(number, 1), max(1, -(-count // PER_PAGE)))


def _lead(lines: Sequence[Waiting], words: Words) -> str:
    """How it stands, in one sentence."""
    late, unbooked = sum(line.late for line in lines), sum(line.booked is None for line in lines)
    number = formats.integer(len(lines), formats.language(words.lang))
    return words("worklist.lead", number=number, late=late, unbooked=unbooked)


def _line(line: Waiting, names: Mapping[int, str], children: set[int], on: date, words: Words) -> Line:
    case = line.case
    return Line(
        key=str(case.key), who=who(names.get(case.person_id, "–")),
        pathway=pathway_title(case.pathway, words),
        place=place_name(case.unit_id or case.region_id, words), start=case.start_date, day=line.day,
        late=line.late, child=case.pk in children, left=days_left(line, words),
        next_step=words(f"worklist.step.{line.next_step}"),
        booked=line.booked.day if line.booked else None,
        passed=bool(line.booked and line.booked.day < on), risk=risk_told(line.risk, words),
    )  # fmt: skip


def _kept(asked: Mapping[str, str], *without: str) -> list[tuple[str, str]]:
    """What the address asks for, save some of it."""
    known = ("unit", "pathway", "order", "page")
    return [(name, asked[name]) for name in known if asked.get(name) and name not in without]


def _heads(order: Order, asked: Mapping[str, str], words: Words) -> list[dict[str, object]]:
    """The columns that the list can be ordered by, each with the address that does."""
    return [
        {
            "name": name,
            "words": words(f"worklist.order.{name}"),
            "here": name == order,
            "address": "?" + urlencode([*_kept(asked, "order", "page"), ("order", name)]),
        }
        for name in ORDERS
    ]


def _choices(cases: Sequence[Case], asked: Mapping[str, str], words: Words) -> list[dict[str, object]]:
    units = {case.unit_id or case.region_id for case in cases} - {None}
    ids = {case.pathway for case in cases}
    fields: dict[str, _Options] = {
        "unit": sorted(((str(code), place_name(code, words)) for code in units), key=lambda one: one[1]),
        "pathway": sorted(((name, pathway_title(name, words)) for name in ids), key=lambda one: one[1]),
        "order": [(name, words(f"worklist.order.{name}")) for name in ORDERS],
    }
    every = ("", words("page.all"))
    return [
        {
            "name": name,
            "label": words(f"worklist.choose.{name}"),
            "options": options if name == "order" else [every, *options],
            "chosen": asked.get(name, ""),
        }
        for name, options in fields.items()
    ]


def _pages(number: int, count: int, asked: Mapping[str, str]) -> list[tuple[int, str]]:
    """The pages of the list with their addresses; none where there is one."""
    last = -(-count // PER_PAGE)
    near = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)}) if last > 1 else []
    return [(one, "?" + urlencode([*_kept(asked, "page"), ("page", str(one))])) for one in near]


def _refreshed(words: Words) -> str:
    """When all cases were last made anew."""
    found = latest_refresh()
    if found is None:
        return words("worklist.never")
    lang = formats.language(words.lang)
    return words(
        "worklist.refreshed", at=formats.moment(localtime(found.at), lang),
        as_of=formats.day_in_text(found.as_of, lang),
    )  # fmt: skip
