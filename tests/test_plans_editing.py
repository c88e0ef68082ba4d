"""Writing a plan: what every deed leaves behind, what it refuses, and that all of it can be taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.documents import read_document
from fyrbak.goals.importing import import_document
from fyrbak.goals.plans import editing, editions, parties
from fyrbak.goals.plans.changes import history, latest_undoable
from fyrbak.goals.plans.faults import ChangedMeanwhileError, FaultyError
from fyrbak.goals.plans.rows import area_values, described, whole
from fyrbak.records.models import Organisation
from plans import AT, action_plan, follow_up, import_north, real_document

LATER = AT + timedelta(days=1)
BY: dict[str, Any] = {"by_name": "Cancersamordnaren", "at": LATER}


def draft(label: str = "2026–2028") -> m.PlanEdition:
    """An empty draft of Gävleborg's action plan."""
    return editions.new_plan(
        owner=Organisation.objects.get(code="21"), level="local", title_sv="Handlingsplan", label=label, at=AT
    )


def a_plan() -> m.PlanEdition:
    """A draft with two areas, a goal in each and two activities in the first. The second has three."""
    edition = draft()
    first: Any = editing.add_row(to=edition, words={"number": "1", "name_sv": "Prevention"}, **BY)
    few = ["activity", "responsible", "time_frame"]
    second: Any = editing.add_row(
        to=edition, words={"number": "2", "name_sv": "Nivåstrukturering", "columns": few}, **BY
    )
    goal: Any = editing.add_row(to=first, words={"number": "1.1", "text_sv": "Färre röker."}, **BY)
    editing.add_row(to=second, words={"number": "2.1", "text_sv": "Rätt vårdnivå."}, **BY)
    for words in ("Informera", "Utbilda"):
        editing.add_row(to=goal, words={"activity": words, "responsible": "- Regionerna\n- RCC Norr"}, **BY)
    return edition


def imported() -> m.PlanEdition:
    """An adopted action plan of Gävleborg, read from a document."""
    return import_document(action_plan(), owner="21", level="local", label="2025–2027", at=AT).edition


def told(edition: m.PlanEdition) -> list[dict[str, Any]]:
    """All that stands in an edition, apart from the versions of its rows."""

    def without(values: Any) -> Any:
        if isinstance(values, dict):
            return {name: without(one) for name, one in values.items() if name != "version"}
        return [without(one) for one in values] if isinstance(values, list) else values

    return [without(area_values(area)) for area in whole(m.Area.objects.filter(edition=edition))]


def activities(edition: m.PlanEdition) -> list[tuple[str, str]]:
    rows = m.Activity.objects.filter(goal__area__edition=edition).order_by("goal__area__order", "order")
    return [(row.number, row.activity) for row in rows]


def test_a_plan_is_written_row_by_row(records: str) -> None:
    edition = a_plan()
    assert activities(edition) == [("1.1.1", "Informera"), ("1.1.2", "Utbilda")]
    assert edition.key == "21-local-2026-2028" and edition.status == "draft"
    [part] = m.GoalPart.objects.filter(goal__number="1.1")
    assert (part.number, part.text_sv) == ("1.1", "Färre röker.")
    row = m.Activity.objects.get(activity="Informera")
    assert [(one.role, one.organisation_id) for one in row.parties.all()] == [
        ("responsible", None), ("responsible", "rcc:norr"),
    ]  # fmt: skip
    changes = history(edition)
    assert [change.deed for change in changes] == ["added"] * 6 and changes[0].by_name == BY["by_name"]


def test_a_table_has_the_columns_of_its_area(records: str) -> None:
    edition = a_plan()
    goal = m.Goal.objects.get(number="2.1")
    row: Any = editing.add_row(
        to=goal, words={"activity": "Samla", "how": "Bort?", "time_frame": "2026"}, **BY
    )
    assert (row.how, row.responsible, row.time_frame) == (None, "", "2026")
    first = m.Area.objects.get(edition=edition, number="1")
    few = {"columns": ["activity", "how"]}
    with pytest.raises(BadInputError, match="responsible holds words in 2 rows"):
        editing.change_row(row=first, words=few, shown=1, **BY)
    first.refresh_from_db()
    editing.change_row(row=first, words={"columns": ["activity", "responsible"]}, shown=1, **BY)
    assert m.Activity.objects.filter(goal__area=first, how__isnull=True).count() == 2


@pytest.mark.parametrize(
    ("to", "words", "field"),
    [
        ("edition", {"number": "3", "name_sv": " "}, "name_sv"),
        ("edition", {"number": "", "name_sv": "Vård"}, "number"),
        ("edition", {"number": "1", "name_sv": "Samma"}, "number"),
        ("edition", {"number": "1234567890123", "name_sv": "Lång"}, "number"),
        ("edition", {"number": "3", "name_sv": "Tom", "columns": ["how"]}, "columns"),
        ("area", {"number": "2.1", "text_sv": "Finns i annat område."}, "number"),
        ("area", {"number": "1.2", "text_sv": ""}, "text_sv"),
        ("area", {"number": "1.2", "text_sv": "Ensam del.", "parts": ["En"]}, "parts"),
        ("goal", {"activity": "", "how": "Så"}, "activity"),
    ],
)
def test_a_row_lacks_nothing_and_numbers_stand_once(
    records: str, to: str, words: dict[str, Any], field: str
) -> None:
    edition = a_plan()
    places: dict[str, Any] = {
        "edition": edition,
        "area": edition.areas.get(number="1"),
        "goal": m.Goal.objects.get(number="1.1"),
    }
    before = told(edition)
    with pytest.raises(FaultyError) as error:
        editing.add_row(to=places[to], words=words, **BY)
    assert [fault.field for fault in error.value.faults] == [field]
    assert told(edition) == before


def test_every_deed_on_a_draft_can_be_taken_back(records: str) -> None:
    edition = a_plan()
    part = m.GoalPart.objects.get(number="1.1")
    m.EvidenceLink.objects.create(part=part, measure="svf_lead_time", role="measures", why_sv="x", why_en="x")

    def row(activity: str) -> m.Activity:
        return m.Activity.objects.get(activity=activity)

    def goal(number: str) -> m.Goal:
        return m.Goal.objects.get(number=number)

    def area() -> m.Area:
        return edition.areas.get(number="1")

    parts = {"number": "1.9", "text_sv": "Ingen.", "parts": ["Unga", "Äldre"]}
    chief = {0: parties.Named("21", "Chef")}
    for deed in (
        lambda: editing.change_row(
            row=row("Informera"), words={"how": "Så", "responsible": ""}, shown=1, **BY
        ),
        lambda: editing.change_row(row=goal("1.1"), words=parts, shown=1, **BY),
        lambda: editing.move_row(row=row("Utbilda"), to=goal("1.1"), place=0, **BY),
        lambda: editing.move_row(row=area(), to=edition, place=1, **BY),
        lambda: editing.remove_row(row=row("Informera"), **BY),
        lambda: editing.remove_row(row=goal("2.1"), **BY),
        lambda: editing.remove_row(row=area(), **BY),
        lambda: editing.add_row(to=area(), words={"number": "1.3", "text_sv": "Fler rör sig."}, **BY),
        lambda: editing.name_parties(
            activity=row("Utbilda"), named=chief, shown=1, on=date(2026, 1, 1), **BY
        ),
    ):
        before = told(edition)
        with transaction.atomic():
            deed()
            assert told(edition) != before
            change = latest_undoable(edition)
            assert change is not None
            editing.take_back(change=change, **BY)
            assert told(edition) == before
            with pytest.raises(BadInputError, match="changed since"):
                editing.take_back(change=change, **BY)
            transaction.set_rollback(True)


def test_changes_are_taken_back_one_after_the_other(records: str) -> None:
    edition = a_plan()
    row = m.Activity.objects.get(activity="Informera")
    before = told(edition)
    for number, words in enumerate(("Ett", "Två", "Tre"), start=1):
        editing.change_row(row=row, words={"activity": words}, shown=number, **BY)
    first = history(edition, row.lineage)[2]
    with pytest.raises(BadInputError, match="changed since"):
        editing.take_back(change=first, **BY)
    for _ in range(3):
        change = latest_undoable(edition)
        assert change is not None
        editing.take_back(change=change, **BY)
    assert told(edition) == before
    assert [one.after["activity"] for one in history(edition, row.lineage)[:3]] == ["Informera", "Ett", "Två"]


def test_rows_move_within_their_plan(records: str) -> None:
    edition = a_plan()
    goal, other = m.Goal.objects.order_by("number")
    first, second = m.Activity.objects.order_by("order")
    editing.move_row(row=second, to=goal, place=0, **BY)
    assert activities(edition) == [("1.1.1", "Utbilda"), ("1.1.2", "Informera")]
    editing.change_row(row=first, words={"how": ""}, shown=1, **BY)  # the same words are no change
    assert m.Activity.objects.get(pk=first.pk).version == 1
    editing.move_row(row=first, to=other, place=5, **BY)
    moved = m.Activity.objects.get(pk=first.pk)
    assert (moved.number, moved.how, moved.responsible) == ("2.1.1", None, "- Regionerna\n- RCC Norr")
    assert activities(edition) == [("1.1.1", "Utbilda"), ("2.1.1", "Informera")]
    elsewhere = draft("2030")
    with pytest.raises(BadInputError, match="moves within its own plan"):
        editing.move_row(row=goal, to=elsewhere, place=0, **BY)
    editing.change_row(row=second, words={"how": "I skolan"}, shown=2, **BY)
    second.refresh_from_db()
    with pytest.raises(BadInputError, match="no column how"):
        editing.move_row(row=second, to=other, place=0, **BY)


def test_two_who_write_at_once_are_told(records: str) -> None:
    a_plan()
    row = m.Activity.objects.get(activity="Informera")
    editing.change_row(row=row, words={"how": "På torget"}, shown=1, **BY)
    with pytest.raises(ChangedMeanwhileError):
        editing.change_row(row=row, words={"how": "I skolan"}, shown=1, **BY)
    row.refresh_from_db()
    assert (row.how, row.version) == ("På torget", 2)


def test_an_adopted_edition_changes_its_words_with_a_reason_only(records: str) -> None:
    edition = imported()
    row = m.Activity.objects.get(number="2.1.1")
    assert row.doubtful == {"responsible": "two readings"}
    with pytest.raises(BadInputError, match="Say why"):
        editing.change_row(row=row, words={"responsible": "- Regionerna"}, shown=1, **BY)
    editing.change_row(row=row, words={"responsible": "- Regionerna"}, shown=1, reason="Läsfel", **BY)
    row.refresh_from_db()
    assert (row.responsible, row.doubtful, row.version) == ("- Regionerna", {}, 2)
    change = history(edition, row.lineage).get()
    assert (change.before, change.reason) == ({"responsible": "- Regionerna\n- RCC Norr"}, "Läsfel")
    area = edition.areas.get(number="2.1")
    for deed in (
        lambda: editing.add_row(to=row.goal, words={"activity": "Ny"}, **BY),
        lambda: editing.remove_row(row=row, **BY),
        lambda: editing.move_row(row=row, to=row.goal, place=1, **BY),
        lambda: editing.take_back(change=change, **BY),
        lambda: editing.change_row(row=area, words={"number": "9"}, shown=1, reason="x", **BY),
    ):
        with pytest.raises(BadInputError, match="draft"):
            deed()
    assert latest_undoable(edition) is None


def test_the_database_holds_adopted_rows_whoever_writes(records: str) -> None:
    edition = imported()
    rows = m.Activity.objects.filter(goal__area__edition=edition)
    change = m.PlanChange.objects.create(
        edition=edition,
        kind="activity",
        lineage=rows[0].lineage,
        version=2,
        deed="changed",
        by_name="x",
        at=AT,
    )
    for deed in (
        lambda: rows.update(activity="Annat"),
        lambda: rows.filter(pk=rows[0].pk).update(activity="Annat", version=2),  # told without a reason
        lambda: m.Area.objects.filter(edition=edition).update(name_sv="Annat"),
        lambda: m.ActivityParty.objects.all().delete() and rows.delete(),
        lambda: m.PlanEdition.objects.filter(pk=edition.pk).update(status="draft"),
        lambda: m.PlanChange.objects.filter(pk=change.pk).update(reason="Efteråt"),
        lambda: m.PlanChange.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()


def test_a_goal_that_was_followed_up_keeps_its_words(records: str) -> None:
    frozen = import_north(follow_up()).round
    assert frozen is not None
    frozen.frozen_at = AT
    frozen.save()
    goal = m.Goal.objects.get(area__edition=frozen.edition)
    with pytest.raises(BadInputError, match="frozen round"):
        editing.change_row(row=goal, words={"text_sv": "Lättare."}, shown=1, reason="x", **BY)
    copy = editions.copy_edition(edition=frozen.edition, label="2025", at=LATER)
    editing.change_row(
        row=m.Goal.objects.get(area__edition=copy), words={"text_sv": "Lättare."}, shown=1, **BY
    )


def test_the_next_edition_says_the_same_until_it_is_changed(records: str) -> None:
    edition = imported()
    copy = editions.copy_edition(edition=edition, label="2028–2030", at=LATER)
    assert (copy.status, copy.supersedes, copy.plan) == ("draft", edition, edition.plan)

    def plain(values: Any) -> Any:
        dropped = ("lines", "doubtful", "source")
        if isinstance(values, dict):
            return {name: plain(one) for name, one in values.items() if name not in dropped}
        return [plain(one) for one in values] if isinstance(values, list) else values

    assert plain(told(copy)) == plain(told(edition))
    assert not m.Activity.objects.filter(goal__area__edition=copy).exclude(doubtful={}).exists()
    with pytest.raises(BadInputError, match="already has a next edition"):
        editions.copy_edition(edition=edition, label="2031", at=LATER)


def test_a_draft_is_adopted_once_and_not_empty(records: str) -> None:
    empty = draft("Tom")
    with pytest.raises(BadInputError, match="no goal"):
        editions.adopt(edition=empty, by_name="x", on=date(2026, 1, 1))
    edition = editions.adopt(edition=a_plan(), by_name="Styrgruppen", on=date(2026, 1, 1))
    assert (edition.status, edition.adopted_by) == ("adopted", "Styrgruppen")
    with pytest.raises(BadInputError, match="has been adopted"):
        editions.adopt(edition=edition, by_name="x", on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"level": "direction"}, "level"),
        ({"title_sv": " "}, "title_sv"),
        ({"label": ""}, "label"),
        ({"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)}, "valid_to"),
    ],
)
def test_a_new_plan_lacks_nothing(records: str, change: dict[str, Any], field: str) -> None:
    usual: dict[str, Any] = {"level": "local", "title_sv": "Handlingsplan", "label": "2026", "at": AT}
    with pytest.raises(FaultyError) as error:
        editions.new_plan(owner=Organisation.objects.get(code="21"), **(usual | change))
    assert [fault.field for fault in error.value.faults] == [field]


def test_plans_of_the_same_name_have_addresses_of_their_own(records: str) -> None:
    assert [draft("2026").key, draft("2026").key, draft("2026").key] == [
        "21-local-2026", "21-local-2026-2", "21-local-2026-3",
    ]  # fmt: skip


def test_parties_are_functions_and_keep_them_while_their_words_stand(records: str) -> None:
    a_plan()
    row = m.Activity.objects.get(activity="Informera")
    on = date(2026, 1, 1)
    named = {0: parties.Named("21", "Processledare lungcancer")}
    editing.name_parties(activity=row, named=named, shown=1, on=on, **BY)
    bound = row.parties.get(order=0)
    assert str(bound.function) == "Processledare lungcancer, Region Gävleborg"
    assert (bound.raw_text, row.responsible) == ("Regionerna", "- Regionerna\n- RCC Norr")
    editing.change_row(row=row, words={"responsible": "- Patientföreningar\n- Regionerna"}, shown=2, **BY)
    now = [(party.raw_text, party.function_id) for party in row.parties.order_by("order")]
    assert now == [("Patientföreningar", None), ("Regionerna", bound.function_id)]
    with pytest.raises(FaultyError):
        editing.name_parties(activity=row, named={0: parties.Named("", "Chef")}, shown=3, on=on, **BY)
    function = m.Function.objects.get()
    parties.end_function(function=function, on=date(2026, 6, 30))
    assert parties.function_in("21", function.title_sv, on=date(2026, 6, 30)) == function
    assert parties.function_in("21", function.title_sv, on=date(2026, 7, 1)) != function
    with pytest.raises(FaultyError):
        parties.end_function(function=function, on=date(2025, 12, 31))


def test_the_real_action_plan_is_copied_whole(records: str) -> None:
    document = read_document(real_document("003"))
    edition = import_document(document, owner="21", level="local", label="2025–2027", at=AT).edition
    few = edition.areas.get(name_sv__startswith="Nivåstrukturering")
    assert few.columns == ["activity", "responsible", "time_frame"]
    copy = editions.copy_edition(edition=edition, label="2028–2030", at=LATER)
    assert [row[1] for row in activities(copy)] == [row[1] for row in activities(edition)]
    assert len(activities(copy)) == 41
    row = m.Activity.objects.filter(goal__area__edition=copy)[0]
    assert described(row)["lineage"] == str(m.Activity.objects.get(
        goal__area__edition=edition, number=row.number).lineage)  # fmt: skip
