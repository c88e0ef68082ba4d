"""Whatever table is written in a known layout is read back cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from fyrbak.goals.documents import Activity, Column, Document, Goal, Kind, read_document
from goals_documents_layouts import (
    PLAN_TITLES,
    WordTable,
    WrittenArea,
    WrittenGoal,
    excel_file,
    flat_action_plan,
    flat_follow_up,
    follow_up_rows,
    word_file,
)

WORD = st.text("abcdefghijklmnoprstuvyåäö", min_size=2, max_size=11)
LONG_WORD = st.text("abcdefghijklmnoprstuvyåäö", min_size=25, max_size=40)
LEVEL = st.sampled_from(["U", "P", "E", "U/E", "P/U", "P?", ""])
REGIONS = st.lists(st.text("ABCDGHJKLMNRSTVÅÄÖ", min_size=2, max_size=4), min_size=1, max_size=6, unique=True)


@st.composite
def sentences(draw: st.DrawFn, min_words: int = 1, max_words: int = 14) -> str:
    """A sentence of plain words, sometimes with one that no column can hold on a line."""
    words = draw(st.lists(WORD, min_size=min_words, max_size=max_words))
    if draw(st.integers(0, 9)) == 0:
        words.append(draw(LONG_WORD))
    return " ".join(words).capitalize() + "."


@st.composite
def follow_ups(draw: st.DrawFn) -> tuple[list[str], list[WrittenArea]]:
    """The regions and the areas of a follow-up."""
    regions = draw(REGIONS)
    voices = [*regions, "RCC Norr"]
    goal = st.builds(
        WrittenGoal,
        text=st.lists(sentences(), min_size=1, max_size=2).map(tuple),
        levels=st.fixed_dictionaries(dict.fromkeys(regions, LEVEL)),
        comments=st.lists(st.sampled_from(voices), unique=True).flatmap(
            lambda chosen: st.fixed_dictionaries(
                dict.fromkeys(chosen, st.lists(sentences(), min_size=1, max_size=2).map(tuple))
            )
        ),
    )
    goal = goal.flatmap(
        lambda goal: st.lists(st.sampled_from([r for r in regions if goal.levels[r]] or [""])).map(
            lambda spaced: replace(goal, spaced=tuple(spaced))
        )
    )
    goals = st.lists(goal, min_size=1, max_size=4).map(tuple)
    names = draw(st.lists(sentences(max_words=3), min_size=1, max_size=3))
    areas = [
        WrittenArea(str(n), name.rstrip("."), goals=draw(goals)) for n, name in enumerate(names, start=1)
    ]
    return regions, areas


def read_bytes(data: bytes) -> Document:
    """Read a document from bytes through a file whose name says nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "document"
        path.write_bytes(data)
        return read_document(path)


def assert_same_goals(document: Document, areas: list[WrittenArea]) -> None:
    """Check every cell of a follow-up."""
    assert document.kind is Kind.FOLLOW_UP
    assert [(area.id, area.name.text) for area in document.areas] == [(area.id, area.name) for area in areas]
    for area, written in zip(document.areas, areas, strict=True):
        for goal, expected in zip(area.rows, written.goals, strict=True):
            assert isinstance(goal, Goal)
            assert goal.text.text == "\n".join(expected.text)
            assert {region: cell.text for region, cell in goal.levels.items()} == expected.levels
            said = {voice: "\n".join(paragraphs) for voice, paragraphs in expected.comments.items()}
            assert {voice: cell.text for voice, cell in goal.comments.items()} == said
            assert goal.unattributed is None


@settings(max_examples=80, deadline=None)
@given(follow_ups())
def test_a_follow_up_in_flat_text_is_read_back(written: tuple[list[str], list[WrittenArea]]) -> None:
    regions, areas = written
    assert_same_goals(read_bytes(flat_follow_up(areas, regions).encode()), areas)


@settings(max_examples=15, deadline=None)
@given(follow_ups())
def test_a_follow_up_in_word_is_read_back(written: tuple[list[str], list[WrittenArea]]) -> None:
    regions, areas = written
    last = len(regions)
    merged = [(0, 1, 0, last), (0, 0, 1, 0), (0, last + 1, 1, last + 1)]
    tables = [(f"{area.id}. {area.name}", follow_up_rows(area.goals, regions), merged) for area in areas]
    assert_same_goals(read_bytes(word_file(tables)), areas)


@settings(max_examples=15, deadline=None)
@given(follow_ups())
def test_a_follow_up_in_excel_is_read_back(written: tuple[list[str], list[WrittenArea]]) -> None:
    regions, areas = written
    header = follow_up_rows((), regions)
    rows = [["Område", *header[0]], ["", *header[1]]]
    merged = [(0, 0, 1, 0), (0, 2, 0, len(regions) + 1)]
    for area in areas:
        start = len(rows)
        for row in follow_up_rows(area.goals, regions)[2:]:
            rows.append([f"{area.id}. {area.name}" if len(rows) == start else "", *row])
        if len(rows) - start > 1:
            merged.append((start, 0, len(rows) - 1, 0))
    assert_same_goals(read_bytes(excel_file(rows, merged)), areas)


@st.composite
def action_plans(draw: st.DrawFn) -> list[WrittenArea]:
    """The areas of an action plan: free texts of several lines, short texts where plans have them."""
    free = sentences(min_words=7, max_words=14)
    row = st.tuples(
        free,
        free,
        st.sampled_from(
            [
                "Verksamheterna",
                "Cancersamordnare",
                "Processledare",
                "Verksamheterna med stöd av processledare",
            ]
        ),
        st.sampled_from(
            ["Fortlöpande", "Pågår", "Enligt beslut i styrgruppen", "Vid varje möte under hela året"]
        ),
        st.sampled_from(
            ["- Regionerna", "- Regionerna med stöd av RCC", "- Processledare", "- Styrgruppen för cancer"]
        ),
        st.sampled_from(
            ["Årligen", "Två gånger per år i styrgruppen", "Via kvalitetsregister och rapporter"]
        ),
        st.sampled_from(["2025–2027", "2026", "2025–2026"]),
    )
    counts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    return [
        WrittenArea(
            f"2.{n}",
            f"Område {n}".replace(str(n), ["ett", "två", "tre"][n - 1]),
            rows=tuple(draw(row) for _ in range(count)),
        )
        for n, count in enumerate(counts, start=1)
    ]


def assert_same_activities(document: Document, areas: list[WrittenArea]) -> None:
    """Check every cell of an action plan."""
    assert document.kind is Kind.ACTION_PLAN
    assert [(area.id, area.name.text) for area in document.areas] == [(area.id, area.name) for area in areas]
    for area, written in zip(document.areas, areas, strict=True):
        for activity, expected in zip(area.rows, written.rows, strict=True):
            assert isinstance(activity, Activity)
            assert tuple(activity.columns[column].text for column in Column) == expected


@settings(max_examples=20, deadline=None)
@given(action_plans())
def test_an_action_plan_in_flat_text_is_read_back(areas: list[WrittenArea]) -> None:
    assert_same_activities(read_bytes(flat_action_plan(areas).encode()), areas)


@settings(max_examples=15, deadline=None)
@given(action_plans())
def test_an_action_plan_in_word_is_read_back(areas: list[WrittenArea]) -> None:
    tables: list[WordTable] = [(f"{area.id}. {area.name}", [PLAN_TITLES, *area.rows], []) for area in areas]
    assert_same_activities(read_bytes(word_file(tables)), areas)


@settings(max_examples=15, deadline=None)
@given(action_plans())
def test_an_action_plan_in_excel_is_read_back(areas: list[WrittenArea]) -> None:
    rows: list[tuple[str, ...]] = [("Område", *PLAN_TITLES)]
    merged = []
    for area in areas:
        merged += [(len(rows), 0, len(rows) + len(area.rows) - 1, 0)] if len(area.rows) > 1 else []
        rows += [(f"{area.id}. {area.name}" if n == 0 else "", *row) for n, row in enumerate(area.rows)]
    assert_same_activities(read_bytes(excel_file(rows, merged)), areas)


def with_page_break(text: str, choose: Callable[[list[int]], int]) -> str:
    """Return the text with a page break before a line in the midst of a comment."""
    lines = text.split("\n")
    comments = [n for n, line in enumerate(lines) if n > 0 and lines[n - 1].strip() and line.strip()]
    table = next(n for n, line in enumerate(lines) if line.startswith("Mål Uppföljning"))
    comments = [n for n in comments if n > table + 2 and lines[n - 1].endswith(" ")]
    if comments:
        at = choose(comments)
        lines[at] = f" {lines[at]}"
    return "\n".join(lines)


@settings(max_examples=50, deadline=None)
@given(follow_ups(), st.data())
def test_a_page_break_in_a_cell_changes_nothing_unmarked(
    written: tuple[list[str], list[WrittenArea]], data: st.DataObject
) -> None:
    regions, areas = written
    text = flat_follow_up(areas, regions)
    broken = with_page_break(text, lambda lines: data.draw(st.sampled_from(lines)))
    whole, read = (read_bytes(source.encode()) for source in (text, broken))
    doubtful = {doubt.id for doubt in read.doubts()} - {doubt.id for doubt in whole.doubts()}
    same = [(goal.as_json(), goal.id) for area in whole.areas for goal in area.rows]
    now = {goal.id: goal.as_json() for area in read.areas for goal in area.rows}
    for goal, goal_id in same:
        texts = [{key: row[key] for key in ("text", "levels", "comments")} for row in (goal, now[goal_id])]
        assert texts[0] == texts[1] or doubtful


@settings(max_examples=12, deadline=None)
@given(action_plans())
def test_a_page_break_between_rows_changes_nothing(areas: list[WrittenArea]) -> None:
    text = flat_action_plan(areas)
    broken = re.sub(r"(?<=\d )\n\n(?=[A-ZÅÄÖ])", "\n ", text)
    assert_same_activities(read_bytes(broken.encode()), areas)
