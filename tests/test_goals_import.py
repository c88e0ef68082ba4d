"""Documents and national plans as stored editions: complete, once only, and the same when read back."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.goals.definitions import scale
from fyrbak.goals.document_outline import outline_of_document
from fyrbak.goals.documents import Goal, read_document
from fyrbak.goals.importing import (
    import_document,
    load_national_plans,
    load_plan,
    store_strategy_round,
)
from fyrbak.goals.models import (
    ActivityParty,
    Assessment,
    CoordinatorNote,
    EvidenceLink,
    FollowUpRound,
    GoalLink,
    PlanEdition,
)
from fyrbak.goals.selectors import goal_state, orphans, outline_of_edition, unserved
from fyrbak.goals.strategy import outline_of_plan
from fyrbak.records import organisations
from plans import AT, action_plan, follow_up, goal, import_north, real_document


def test_every_answer_of_the_real_follow_up_is_stored(records: str) -> None:
    imported = import_north(read_document(real_document("004")))
    assert imported.round is not None
    counts: dict[str, Counter[str]] = {code: Counter() for code in ("23", "25", "24", "22")}
    for levels in goal_state(imported.round).values():
        for code, level in levels.items():
            counts[code]["/".join(level.codes) + "?" * level.uncertain] += 1
    assert counts == {
        "23": {"U": 14, "P": 20, "E": 3, "P/U": 2, "U/E": 1, "": 3},
        "25": {"U": 15, "P": 16, "E": 1, "U/E": 1, "": 10},
        "24": {"U": 29, "P": 10, "U/E": 1, "P?": 2, "": 1},
        "22": {"U": 11, "P": 17, "E": 3, "E/P": 1, "U/E": 1, "": 10},
    }
    assert Assessment.objects.count() == imported.assessments == 172
    assert Assessment.objects.filter(blank_reason="not_stated").count() == 24
    assert Assessment.objects.exclude(comment="").count() == 125
    assert set(CoordinatorNote.objects.values_list("organisation", flat=True)) == {"rcc:norr"}
    assert CoordinatorNote.objects.count() == 21


def test_the_real_follow_up_is_bound_to_its_measures_and_sub_goals(records: str) -> None:
    import_north(read_document(real_document("004")))
    bound = EvidenceLink.objects.filter(part__number="3.3").values_list("measure", "role")
    assert ("svf_inclusion", "measures") in bound and ("svf_lead_time", "measures") in bound
    links = set(GoalLink.objects.values_list("from_part__number", "to_part__number"))
    assert {("1.1", "D02"), ("2.2", "D18"), ("2.6", "D22"), ("3.2", "D17"), ("3.2", "D23")} <= links
    assert set(GoalLink.objects.values_list("standing", flat=True)) == {"suggested"}


def test_every_activity_of_the_real_action_plan_is_stored(records: str) -> None:
    imported = import_document(
        read_document(real_document("003")), owner="21", level="local", label="2025–2027", at=AT
    )
    assert (imported.goals, imported.activities) == (19, 41)
    assert imported.round is None
    links = set(GoalLink.objects.values_list("from_part__number", "to_part__number"))
    assert {
        ("2.12", "D18"), ("2.11", "D15"), ("2.11", "D21"), ("2.1", "D22"), ("2.1", "D08"), ("2.2", "D03"),
        ("2.2", "D07"), ("2.4", "D04"), ("2.6", "D02"), ("2.13", "D17"), ("2.13", "D23"), ("2.14", "D10"),
        ("2.17", "D09"), ("2.17", "D11"),
    } <= links  # fmt: skip
    svf = set(EvidenceLink.objects.filter(part__number="2.10").values_list("measure", flat=True))
    assert {"svf_inclusion", "svf_lead_time"} <= svf


@pytest.mark.parametrize("start", ["003", "004"])
def test_a_real_document_is_the_same_when_read_back(records: str, start: str) -> None:
    document, owner = read_document(real_document(start)), {"003": "21", "004": "rcc:norr"}[start]
    level = {"003": "local", "004": "regional"}[start]
    imported = import_document(document, owner=owner, level=level, label="2024", at=AT)
    expected = outline_of_document(document, owner=owner, round_label="2024" if start == "004" else "")
    assert outline_of_edition(imported.edition) == expected


def test_the_same_document_twice_is_one_edition(records: str) -> None:
    first = import_north(follow_up())
    again = import_north(follow_up(), label="another label")
    assert (first.new, again.new) == (True, False)
    assert again.edition == first.edition and again.round == first.round
    assert Assessment.objects.count() == 4


def test_another_document_of_the_same_plan_is_a_new_edition(records: str) -> None:
    first = import_north(follow_up())
    other = import_north(follow_up(sha256="e" * 64), label="2025–2028")
    assert other.new and other.edition != first.edition and other.edition.plan == first.edition.plan


def test_a_blank_is_stored_with_its_reason_and_never_as_not_started(records: str) -> None:
    import_north(follow_up())
    blank = Assessment.objects.get(organisation="22")
    assert (blank.levels, blank.blank_reason, blank.raw_level) == ([], "not_stated", "")
    mixed, unsure = Assessment.objects.get(organisation="25"), Assessment.objects.get(organisation="24")
    assert (mixed.levels, mixed.raw_level) == (["P", "U"], "P/U")
    assert (unsure.levels, unsure.uncertain) == (["P"], True)


def test_the_voice_of_the_cancer_centre_is_a_note_and_not_a_fifth_region(records: str) -> None:
    imported = import_north(follow_up())
    assert imported.assessments == 4
    note = CoordinatorNote.objects.get()
    assert (note.organisation_id, note.text) == ("rcc:norr", "Går framåt.")


def test_an_action_plan_keeps_the_words_beside_what_was_read_out_of_them(records: str) -> None:
    imported = import_document(action_plan(), owner="24", level="local", label="2025", at=AT)
    assert imported.doubtful == 1
    outline = outline_of_edition(imported.edition)
    full, few = outline.goal("2.1").activities[0], outline.goal("2.2").activities[0]
    assert full.who == "Verksamheterna med stöd av:\n- LPO cancer\n- RCC Norr"
    parties = ActivityParty.objects.filter(activity__number="2.1.1")
    assert list(parties.values_list("role", "raw_text", "organisation")) == [
        ("performs", "Verksamheterna", None),
        ("supports", "LPO cancer", None),
        ("supports", "RCC Norr", "rcc:norr"),
        ("responsible", "Regionerna", None),
        ("responsible", "RCC Norr", "rcc:norr"),
    ]
    assert few.how is None and few.follow_up == ""
    assert outline.goal("2.2").text_sv == "Nivåstrukturering"


def test_national_plans_are_stored_once_and_read_back_alike(records: str) -> None:
    first = load_national_plans(at=AT)
    again = load_national_plans(at=AT)
    assert [(i.edition.key, i.new) for i in first] == [("strategy-2", True), ("direction-2023-2025", True)]
    assert [i.new for i in again] == [False, False]
    for imported in first:
        assert outline_of_edition(imported.edition) == outline_of_plan(imported.edition.key)


def test_a_changed_national_plan_becomes_an_edition_that_follows_the_old(
    records: str,
) -> None:
    old = load_plan("strategy-2", at=AT).edition
    PlanEdition.objects.filter(pk=old.pk).update(sha256="0" * 64)
    new = load_plan("strategy-2", at=AT).edition
    assert new.supersedes == old and new.key.startswith("strategy-2-")
    first = {g.number: g.lineage for area in old.areas.all() for g in area.goals.all()}
    assert first == {g.number: g.lineage for area in new.areas.all() for g in area.goals.all()}


def test_a_made_up_round_on_the_strategy_is_stored_once_and_marked(records: str) -> None:
    regions = [region.code for region in organisations.regions()]

    def store() -> FollowUpRound:
        random = np.random.default_rng(1)
        return store_strategy_round(regions=regions, random=random, label="2025", at=AT)

    assert store() == store()
    assert Assessment.objects.count() == 23 * 21
    assert set(Assessment.objects.values_list("by_name", flat=True)) == {"påhittat svar"}
    outline = outline_of_edition(PlanEdition.objects.get(key="strategy-2"))
    assert outline.synthetic and [voice.code for voice in outline.organisations] == regions


def test_a_changed_scale_is_not_mixed_with_answers_on_the_old_one(
    records: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_north(follow_up())
    old = scale("upe")
    changed = old.model_copy(update={"levels": old.levels[:2]})
    monkeypatch.setattr("fyrbak.goals.strategy.scale", lambda _: changed)
    with pytest.raises(BadInputError, match="Give the changed scale an id of its own"):
        import_north(follow_up(sha256="e" * 64))


def test_gaps_and_orphans_of_the_cascade_are_found(records: str) -> None:
    strategy = load_plan("strategy-2", at=AT).edition
    north = {"RJH": "U", "RN": "U", "RV": "U", "RVN": "U"}
    rehabilitation = goal("1", "Strukturerad bedömning av rehabiliteringsbehov.", north)
    plan = import_north(follow_up(rehabilitation, goal("2", "Något annat.", north))).edition
    assert [part.number for part in orphans(plan)] == ["2"]
    gaps = [part.number for part in unserved(strategy, plan)]
    assert "D18" not in gaps and len(gaps) == 22


def test_reading_a_plan_back_takes_as_many_queries_however_large_it_is(
    records: str,
) -> None:
    def queries(rows: int) -> int:
        goals = [goal(str(n), f"Mål {n} om palliativ vård.", {"RJH": "U", "RN": "P"}) for n in range(rows)]
        imported = import_north(follow_up(*goals, sha256=f"{rows:064d}"), label=str(rows))
        with CaptureQueriesContext(connection) as captured:
            outline_of_edition(imported.edition)
        return len(captured)

    assert queries(2) == queries(30) <= 16


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([goal("1", "Mål.", {"RJH": "U", "RXX": "P"})], "unknown short name in rcc:norr 'RXX'"),
        ([goal("1", "Mål.", {"RJH": "X"})], "goal 1, RJH (line 1): the level 'X' is not on the scale"),
        ([goal("1", "Mål.", {"RJH": "U/U"})], "the level 'U/U'"),
        ([goal("1", "Mål.", {"RJH": "U"})] * 2, "uppföljning.docx: the number 1 stands twice"),
    ],
)
def test_a_document_with_a_fault_is_refused_whole(records: str, rows: list[Goal], words: str) -> None:
    with pytest.raises((BadInputError, UnknownNameError)) as fault:
        import_north(follow_up(*rows))
    assert words in str(fault.value) and "\n" not in str(fault.value)
    assert not PlanEdition.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"owner": "rcc:nord"}, "did you mean 'rcc:norr'?"),
        ({"owner": "24-nus"}, "is not an RCC"),
        ({"owner": "24"}, "is not an RCC"),
        ({"level": "municipal"}, "unknown level 'municipal'"),
        ({"label": "x" * 61}, "label has 1 to 60 letters"),
    ],
)
def test_an_owner_or_level_that_does_not_suit_is_one_clear_line(
    records: str, change: dict[str, str], words: str
) -> None:
    asked = {"owner": "rcc:norr", "level": "regional", "label": "2022–2024", **change}
    with pytest.raises((BadInputError, UnknownNameError)) as fault:
        import_north(follow_up(), owner=asked["owner"], level=asked["level"], label=asked["label"])
    assert words in str(fault.value)


def test_an_action_plan_needs_an_owner_that_owns_plans(records: str) -> None:
    for owner, words in (("", "does not tell whose it is"), ("24-nus", "owns no plans")):
        with pytest.raises(BadInputError, match=words):
            import_document(action_plan(), owner=owner, level="local", label="2025", at=AT)


def test_the_owner_of_a_follow_up_is_told_by_its_columns(records: str) -> None:
    assert import_north(follow_up(), owner="").edition.plan.owner_id == "rcc:norr"
    with pytest.raises(BadInputError, match="no region is called 'RXX'"):
        outline_of_document(follow_up(goal("1", "Mål.", {"RXX": "U"})))
