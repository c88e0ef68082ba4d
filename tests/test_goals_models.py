"""What the database and the services refuse, and what they keep, about goals and assessments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.goals import services
from fyrbak.goals.importing import load_plan
from fyrbak.goals.models import (
    Area,
    Assessment,
    CoordinatorNote,
    EvidenceLink,
    FollowUpRound,
    Goal,
    GoalLink,
    GoalPart,
    GoalTarget,
    Plan,
    PlanEdition,
    Scale,
    ScaleLevel,
)
from fyrbak.goals.models.link import Standing
from fyrbak.goals.outline import Level, parse_level
from fyrbak.goals.rounds import services as rounds
from fyrbak.goals.rounds.states import RoundNotOpenError
from fyrbak.goals.selectors import cascade, current_assessments, goal_state, history, outline_of_edition
from fyrbak.measures.definitions import Text
from fyrbak.records.models import Organisation
from plans import AT, follow_up, goal, import_north, north_round

LATER = AT + timedelta(days=1)


def say(opened: FollowUpRound, level: str, organisation: str = "24", comment: str = "") -> Assessment:
    """Assess the plan's first goal, as Västerbotten unless told otherwise."""
    return rounds.assess(
        follow_up=opened,
        part=GoalPart.objects.filter(goal__area__edition=opened.edition)[0],
        organisation=Organisation.objects.get(code=organisation),
        level=parse_level(level, ("U", "P", "E")),
        comment=comment,
        by_name="Cancersamordnaren",
        at=LATER,
    )


def unsaid(**change: Any) -> Assessment:
    """Västerbotten's first assessment of a goal that nobody has assessed yet, not stored."""
    opened = FollowUpRound.objects.get()
    new = Goal.objects.create(
        area=opened.edition.areas.get(), number="9", order=9, text_sv="Nytt.", lineage="0" * 32
    )
    part = GoalPart.objects.create(goal=new, number="9", text_sv="Nytt.")
    usual = {"round": opened, "part": part, "organisation_id": "24", "levels": ["U"], "by_name": "x"}
    return Assessment(**({"at": AT} | usual | change))


def test_a_new_assessment_keeps_the_one_before_it(records: str) -> None:
    opened = north_round()
    first = Assessment.objects.get(organisation="24")
    second = say(opened, "P", comment="Nytt läge.")
    third = say(opened, "U")
    assert [said.pk for said in history(opened, first.part, "24")] == [first.pk, second.pk, third.pk]
    assert (second.supersedes, third.supersedes) == (first, second)
    assert [said.pk for said in current_assessments(opened).filter(organisation="24")] == [third.pk]
    assert goal_state(opened)["1.1"]["24"] == Level(("U",), raw="U")
    shown = outline_of_edition(opened.edition).goal("1.1").of("24")
    assert shown is not None and shown.level.codes == ("U",)


@pytest.mark.parametrize("model", [Assessment, CoordinatorNote])
def test_what_was_said_is_never_changed_or_deleted(records: str, model: Any) -> None:
    north_round()
    said = model.objects.first()
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        model.objects.filter(pk=said.pk).update(by_name="Någon annan")
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        said.delete()
    assert model.objects.get(pk=said.pk).by_name == "uppföljning.docx"


def test_the_levels_that_answers_rest_on_never_change(records: str) -> None:
    edition = north_round().edition
    other = Scale.objects.create(code="other", title_sv="Annan", title_en="Other")
    refused = (
        lambda: ScaleLevel.objects.filter(code="E").update(reached=True, started=True),
        lambda: ScaleLevel.objects.all().delete(),
        lambda: PlanEdition.objects.filter(pk=edition.pk).update(scale=other),
        lambda: edition.rounds.get().asked.all().delete(),
    )
    for deed in refused:
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            deed()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"levels": [], "blank_reason": ""}, "assessment_level_or_reason"),
        ({"levels": ["U"], "blank_reason": "not_stated"}, "assessment_level_or_reason"),
        ({"levels": [], "blank_reason": "not_stated", "uncertain": True}, "only_a_level_is_uncertain"),
        ({"levels": ["X"]}, "not on the scale"),
        ({"levels": ["U", "X"]}, "not on the scale"),
        ({"organisation_id": "01"}, "not asked in this round"),
    ],
)
def test_the_database_refuses_an_answer_that_cannot_be(
    records: str, change: dict[str, Any], reason: str
) -> None:
    north_round()
    with pytest.raises(IntegrityError, match=reason), transaction.atomic():
        unsaid(**change).save()


def test_the_database_holds_one_current_answer_per_round_part_and_organisation(records: str) -> None:
    opened = north_round()
    first, other = Assessment.objects.get(organisation="24"), Assessment.objects.get(organisation="25")

    def again(supersedes: Assessment | None) -> None:
        with transaction.atomic():
            Assessment.objects.create(
                round=opened,
                part=first.part,
                organisation_id="24",
                levels=["E"],
                by_name="x",
                at=AT,
                supersedes=supersedes,
            )

    with pytest.raises(IntegrityError, match="assessment_one_first"):
        again(None)
    again(first)
    with pytest.raises(IntegrityError, match="supersedes"):
        again(first)
    with pytest.raises(IntegrityError, match="same organisation of the same goal"):
        again(other)


def test_a_goal_of_another_plan_cannot_be_spoken_of_in_a_round(records: str) -> None:
    opened = north_round()
    strategy = load_plan("strategy-2", at=AT).edition
    part = GoalPart.objects.filter(goal__area__edition=strategy)[0]
    centre = Organisation.objects.get(code="rcc:norr")
    with pytest.raises(BadInputError, match="belongs to another plan"):
        rounds.add_note(follow_up=opened, part=part, organisation=centre, text="Hej.", by_name="x", at=AT)
    with pytest.raises(IntegrityError, match="does not belong to the plan"), transaction.atomic():
        unsaid(part=part).save()


def test_a_note_is_added_in_the_coordinators_own_voice(records: str) -> None:
    opened = north_round()
    part = GoalPart.objects.get(goal__area__edition=opened.edition)
    centre = Organisation.objects.get(code="rcc:norr")
    rounds.add_note(follow_up=opened, part=part, organisation=centre, text="Mer.", by_name="x", at=LATER)
    notes = outline_of_edition(opened.edition).goal("1.1").notes
    assert [(note.voice.code, note.text) for note in notes] == [
        ("rcc:norr", "Går framåt."),
        ("rcc:norr", "Mer."),
    ]
    with pytest.raises(BadInputError, match="the note is empty"):
        rounds.add_note(follow_up=opened, part=part, organisation=centre, text=" ", by_name="x", at=AT)


def test_a_frozen_round_stays_as_it_was(records: str) -> None:
    opened = north_round()
    before = outline_of_edition(opened.edition)
    frozen = rounds.freeze_round(follow_up=opened, by_name="x", at=LATER)
    with pytest.raises(RoundNotOpenError, match="the round '2024' is frozen"):
        say(opened, "U")
    with pytest.raises(BadInputError, match="frozen already"):
        rounds.freeze_round(follow_up=opened, by_name="x", at=LATER)
    part = Assessment.objects.all()[0].part
    stored = FollowUpRound.objects.filter(pk=frozen.pk)
    refused = (
        lambda: stored.update(label="2023"),
        lambda: stored.update(frozen_at=None),
        lambda: Area.objects.filter(pk=part.goal.area_id).update(name_sv="Annat."),
        lambda: Goal.objects.filter(pk=part.goal_id).update(text_sv="Lättare mål."),
        lambda: GoalPart.objects.filter(pk=part.pk).update(text_sv="Lättare mål."),
        lambda: CoordinatorNote.objects.create(
            round=frozen, part=part, voice="x", text="Efteråt.", by_name="x", at=LATER
        ),
        lambda: unsaid().save(),
    )
    for deed in refused:
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            deed()
    assert outline_of_edition(opened.edition) == before


def test_the_service_names_the_level_and_the_organisation_that_do_not_fit(records: str) -> None:
    opened = north_round()
    part = GoalPart.objects.get(goal__area__edition=opened.edition)
    region = Organisation.objects.get(code="24")
    with pytest.raises(BadInputError, match="the level X is not on the plan's scale: U, P, E"):
        rounds.assess(
            follow_up=opened, part=part, organisation=region, level=Level(("X",)), by_name="x", at=AT
        )
    with pytest.raises(BadInputError, match="Region Stockholm is not asked"):
        say(opened, "U", organisation="01")


@pytest.mark.parametrize("level", [{}, {"codes": ("U",), "blank_reason": "not_stated"}])
def test_a_level_has_codes_or_a_reason(level: dict[str, Any]) -> None:
    with pytest.raises(BadInputError, match="never both or neither"):
        Level(**level)


def test_a_second_round_is_opened_beside_the_first(records: str) -> None:
    edition = north_round().edition
    asked = {"24": "RV", "25": "RN"}
    spring, winter = date(2026, 3, 1), date(2026, 2, 1)

    def ask(label: str, opens: date | None = None, closes: date | None = None) -> FollowUpRound:
        return rounds.open_round(
            edition=edition, label=label, organisations=asked, by_name="x", at=AT, opens=opens, closes=closes
        )

    opened = ask("2025", opens=spring)
    say(opened, "U")
    assert Assessment.objects.filter(round=opened).count() == 1
    assert [voice.short for voice in outline_of_edition(edition).organisations] == ["RV", "RN"]
    with pytest.raises(BadInputError, match="already has a round called '2025'"):
        ask("2025")
    for label in ("", "2026/27", "x" * 41):
        with pytest.raises(BadInputError, match="1 to 40 letters"):
            ask(label)
    with pytest.raises(BadInputError, match="Swap the days"):
        ask("2026", opens=spring, closes=winter)


@pytest.mark.parametrize("model", [Plan, PlanEdition, Goal, GoalPart, Organisation])
def test_nothing_that_others_rest_on_can_be_deleted(records: str, model: Any) -> None:
    opened = north_round()
    with pytest.raises(ProtectedError):
        model.objects.all().delete()
    assert Assessment.objects.filter(round=opened).count() == 4


def test_a_goal_that_promises_two_things_is_split_before_anybody_assesses_it(records: str) -> None:
    edition = load_plan("strategy-2", at=AT).edition
    whole = Goal.objects.get(area__edition=edition, number="D23")
    parts = services.split_goal(goal=whole, texts=["För barn.", "För vuxna."])
    assert [part.number for part in parts] == ["D23a", "D23b"]
    assert outline_of_edition(edition).goal("D23b").text_sv == "För vuxna."
    assessed = Goal.objects.get(area__edition=north_round().edition)
    with pytest.raises(BadInputError, match="Split it in a new edition"):
        services.split_goal(goal=assessed, texts=["Ett.", "Två."])
    with pytest.raises(BadInputError, match="between two and 26 parts"):
        services.split_goal(goal=assessed, texts=["Ett."])


def test_evidence_is_bound_once_per_measure_and_cut_and_can_be_taken_away(records: str) -> None:
    part = GoalPart.objects.get(goal__area__edition=north_round().edition)
    promised, lit = EvidenceLink.Role.MEASURES, EvidenceLink.Role.ILLUMINATES

    def bind(role: EvidenceLink.Role, measure: str = "svf_lead_time", **dims: str) -> EvidenceLink:
        why = Text(sv="Därför.", en="Because.")
        return services.link_evidence(part=part, measure=measure, role=role, why=why, dims=dims)

    first, again, lung = bind(lit), bind(promised), bind(promised, pathway="lung")
    assert first.pk == again.pk != lung.pk
    assert [(link.role, link.dims) for link in part.evidence.all()] == [
        ("measures", {}),
        ("measures", {"pathway": "lung"}),
    ]
    services.unlink_evidence(link=lung)
    assert part.evidence.count() == 1
    with pytest.raises(UnknownNameError, match="did you mean 'svf_lead_time'"):
        bind(promised, "svf_leadtime")


def test_goals_are_linked_with_a_reason_and_never_in_a_circle(records: str) -> None:
    rows = (
        goal("1", "Bedömning av rehabiliteringsbehov.", {"RJH": "U"}),
        goal("2", "Annat.", {"RJH": "U"}),
    )
    edition = import_north(follow_up(*rows)).edition
    lower, other = GoalPart.objects.filter(goal__area__edition=edition)
    upper = GoalPart.objects.get(number="D18")

    def link(start: GoalPart, end: GoalPart, rationale: str = "Samma sak.") -> GoalLink:
        return services.link_goals(
            from_part=start,
            to_part=end,
            kind=GoalLink.Kind.CONTRIBUTES,
            rationale=rationale,
            by_name="x",
            at=AT,
        )

    suggested = GoalLink.objects.get()
    assert (suggested.from_part, suggested.to_part) == (lower, upper)
    assert suggested.standing == Standing.SUGGESTED
    confirmed = link(lower, upper)
    assert confirmed.pk == suggested.pk and confirmed.standing == Standing.CONFIRMED
    link(other, lower)
    assert [hanging.from_part for hanging in cascade(lower).down] == [other]
    assert [hanging.to_part for hanging in cascade(lower).up] == [upper]
    for end in (other, upper):
        with pytest.raises(BadInputError, match="close a circle"):
            link(upper, end)
    with pytest.raises(BadInputError, match="needs its reason"):
        link(other, upper, rationale=" ")


def test_a_target_is_a_whole_number_with_unit_or_a_state(records: str) -> None:
    north_round()
    whole = Goal.objects.filter(number="1.1")[0]
    with pytest.raises(IntegrityError, match="goaltarget_number_is_whole"), transaction.atomic():
        GoalTarget.objects.create(goal=whole, kind="percentage", operator=">", value=90)


def test_the_guards_can_be_taken_down_and_put_up_again(records: str) -> None:
    def guards() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE relname LIKE 'goals_%' AND NOT tgisinternal"
            )
            return int(cursor.fetchone()[0])

    before = guards()
    call_command("migrate", "goals", "0001", verbosity=0)
    assert guards() == 0
    call_command("migrate", verbosity=0)
    assert guards() == before > 0
