"""The rules of episodes once more, slowly and in plain Python: the judge of the engine.

It walks through one person's events of one pathway like a careful clerk, and reads limits straight from the
definitions. It shares no code with the engine beyond the models of the content.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fyrbak.pathways.definitions import measuring_points
from fyrbak.pathways.shapes import Limit, Pathway

Row = dict[str, Any]


def walk(
    events: Sequence[Row],
    persons: Sequence[Row],
    deaths: Sequence[Row],
    pathways: Sequence[Pathway],
    as_of: date,
) -> tuple[list[Row], list[tuple[Any, ...]]]:
    """Return episodes (the columns that rules decide) and findings (person, pathway, key, date, rule)."""
    known = {p.id: p for p in pathways}
    born = {row["person_id"]: row["birth_date"] for row in persons}
    died = {row["person_id"]: _latest_death(row) for row in deaths}
    findings: list[tuple[Any, ...]] = []
    usable: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for event in events:
        fault = _fault(event, known, died, as_of)
        if fault:
            findings.append((event["person_id"], event["pathway"], None, event["start_date"], fault))
            continue
        usable[event["person_id"], event["pathway"]].append(event)
        if _misstated(event, known[event["pathway"]]):
            findings.append(
                (event["person_id"], event["pathway"], None, event["start_date"], "unknown_variant")
            )
        retired = measuring_points()[event["point"]].retired_from
        if retired and event["start_date"] >= retired:
            findings.append(
                (event["person_id"], event["pathway"], None, event["start_date"], "point_not_valid")
            )
    episodes: list[Row] = []
    for (person, name), theirs in usable.items():
        order = measuring_points()
        theirs.sort(key=lambda e: (e["start_date"], order[e["point"]].order, e["record_key"]))
        found, odd = _walk_one(person, known[name], theirs)
        findings += odd
        for episode in found:
            _judge(episode, known[name], born.get(person))
            vague = [episode[f"{side}_date"] for side in ("start", "end") if episode.pop(f"{side}_inexact")]
            if vague:
                findings.append((person, name, episode["episode_key"], vague[0], "date_not_exact"))
            if not episode.pop("of_age"):
                findings.append((person, name, episode["episode_key"], episode["start_date"], "under_age"))
        episodes += found
    return episodes, findings


def _latest_death(row: Row) -> date:
    return row["death_date"] + timedelta(days={"D": 0, "M": 30, "Y": 365}[row["death_precision"]])


def _fault(event: Row, known: dict[str, Pathway], died: dict[int, date], as_of: date) -> str:
    if event["pathway"] not in known:
        return "unknown_pathway"
    if event["point"] not in measuring_points():
        return "unknown_point"
    if event["point"] in known[event["pathway"]].unused_points:
        return "point_not_valid"
    if event["start_date"] is None:
        return "date_missing"
    if event["start_date"] > as_of:
        return "future_date"
    if event["start_date"] > died.get(event["person_id"], date.max) and event["point"] != "74":
        return "event_after_death"
    return ""


def _misstated(event: Row, pathway: Pathway) -> bool:
    return bool(pathway.variants and event["variant"]) and event["variant"] not in pathway.variant_ids


def _walk_one(  # noqa: C901 - one walk, told in one piece
    person: int, pathway: Pathway, events: list[Row]
) -> tuple[list[Row], list[tuple[Any, ...]]]:
    found: list[Row] = []
    odd: list[tuple[Any, ...]] = []
    current: Row | None = None
    receiver: str | None = None  # the region that was the first to receive the patient of this episode
    ends: list[date] = []

    def report(event: Row, rule: str) -> None:
        key = found[-1]["episode_key"] if found else None
        odd.append((person, pathway.id, key, event["start_date"], rule))

    def begin(start: date, region: str, *, received: bool) -> Row:
        number = len(found) + 1
        found.append(
            {
                "episode_key": f"{person}-{pathway.id}-{number}",
                "ordinal": number,
                "start_date": start,
                "start_inexact": False,
                "end_inexact": False,
                "start_region": region,
                "region": "",
                "received": received,
                "end_date": None,
                "end_point": None,
                "outcome": "open",
                "treatment": "",
                "stated": "",
                "extended": False,
                "misstated": False,
                "visit_date": None,
                "conference_date": None,
                "decision_date": None,
            }
        )
        return found[-1]

    for event in events:
        point = measuring_points()[event["point"]]
        day, original = event["start_date"], event["original_start"]
        if point.step == "start":
            if current:
                report(event, "start_while_open")
            else:
                current = begin(day, event["region"] or "", received=False)
                current["start_inexact"] = event["start_precision"] != "D"
                receiver = None
        elif point.step == "received":
            news = original and original <= day and all(original > end for end in ends)
            if current:
                current["received"] = True
                if news:
                    receiver = receiver if receiver is not None else event["region"] or ""
                    if original < current["start_date"]:
                        current["start_date"] = original
                        current["start_inexact"] = False
                        if receiver in ("", current["start_region"]):
                            current["start_region"] = ""
            elif news:
                current = begin(original, "", received=True)
                receiver = event["region"] or ""
            else:
                report(event, "start_while_open" if original and original <= day else "date_missing")
        elif point.step == "end" and not current:
            report(event, "second_end" if found else "end_without_start")
        if current:
            _note(current, event, pathway)
        if point.step == "end":
            ends.append(day)
            current = None
    if found:
        early = ("end_without_start", "end_before_start")
        odd = [(*finding[:-1], early[1] if finding[-1] == early[0] else finding[-1]) for finding in odd]
    return found, odd


def _note(episode: Row, event: Row, pathway: Pathway) -> None:
    """Write down what an event says about the open episode."""
    point = measuring_points()[event["point"]]
    column = {"visit": "visit_date", "conference": "conference_date", "decision": "decision_date"}.get(
        point.step or ""
    )
    if column and episode[column] is None:
        episode[column] = event["start_date"]
    episode["extended"] |= point.extended
    episode["region"] = event["region"] or ""
    if event["variant"] in pathway.variant_ids:
        episode["stated"] = event["variant"]
    episode["misstated"] |= _misstated(event, pathway)
    if point.step == "end":
        meaning = (
            pathway.ends_as.get(point.point) or pathway.ends_as.get(point.read_as or "") or point.treatment
        )
        episode |= {
            "end_date": event["start_date"],
            "end_inexact": event["start_precision"] != "D",
            "end_point": point.point,
            "treatment": meaning or "",
            "outcome": "treated" if meaning else "closed",
        }


def _judge(episode: Row, pathway: Pathway, born: date | None) -> None:
    extended = episode.pop("extended") and "utokad" in pathway.variant_ids
    base = "bas" if "bas" in pathway.variant_ids else ""
    assumed = "" if episode.pop("misstated") else "utokad" if extended else base
    episode["variant"] = episode.pop("stated") or assumed
    start, end = episode["start_date"], episode["end_date"]
    exact = not (episode["start_inexact"] or episode["end_inexact"])
    episode["days"] = (end - start).days if end and exact else None
    age = None
    if born:
        age = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
    episode["age"] = age
    children = pathway.children_until is not None and start <= pathway.children_until
    episode["of_age"] = age is None or age >= 18 or children
    days = [limit.days for limit in pathway.limits if exact and _applies(limit, episode)]
    assert len(days) <= 1
    episode["limit_days"] = days[0] if days else None
    treated = episode["outcome"] == "treated"
    episode["limit_state"] = ("known" if days else "missing") if treated else "not_applicable"
    episode["judged"] = treated and bool(days) and episode["of_age"]
    episode["within"] = episode["days"] <= days[0] if episode["judged"] else None
    late = episode["judged"] and episode["days"] > days[0]
    episode["overshoot"] = (episode["days"] - days[0]) / days[0] if late else None


def _applies(limit: Limit, episode: Row) -> bool:
    return (
        episode["outcome"] == "treated"
        and limit.days is not None
        and not limit.to_verify
        and limit.counted_from == "start"
        and limit.treatment in ("alla", episode["treatment"])
        and limit.variant in ("", episode["variant"])
        and (limit.valid_from or date.min) <= episode["end_date"] <= (limit.valid_to or date.max)
    )
