"""The catalogue of pathways: versions, drafts, consultation, approval, publication, what the engine reads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from catalogue import AT, BEGUN, BREAST, FIRST, begun, by, person, rewritten, shorter
from fyrbak import settings
from fyrbak.access.models import Account
from fyrbak.access.roles import Role
from fyrbak.engines import engine
from fyrbak.pathways import definitions, examples
from fyrbak.pathways.catalogue import services
from fyrbak.pathways.catalogue.differences import applied, differences
from fyrbak.pathways.catalogue.editing import Part, stated, with_row
from fyrbak.pathways.catalogue.models import Answer, Approval, Comment, Draft, Revision, Version
from fyrbak.pathways.catalogue.packaged import after_migrating, sha256_of
from fyrbak.pathways.catalogue.rules import BrokenRuleError
from fyrbak.pathways.catalogue.selectors import State, Told, all_in_force, review_days, versions
from fyrbak.pathways.catalogue.selectors import draft as draft_told
from fyrbak.pathways.catalogue.texts import FaultyError, plain_values, read, trusted, written
from fyrbak.pathways.definitions import packaged, pathway, published_files
from fyrbak.pathways.kept import content_version
from fyrbak.pathways.shapes import Example, ExampleEvent, Pathway

DAY = timedelta(days=1)


@pytest.fixture
def own_home(records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A database with the program's versions, and a folder of its own for what is published."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    yield tmp_path


@pytest.fixture
def people(own_home: Path) -> tuple[Account, Account, Account]:
    """One who writes and two who approve."""
    return (
        person("skribent", Role.PROCESS_LEADER),
        person("ena", Role.EDITOR),
        person("andra", Role.NATIONAL_COORDINATOR),
    )


def standing(draft: Draft, on: date = BEGUN) -> Told:
    found = draft_told(draft.pk, on)
    assert found
    return found


def refused(word: str, deed: Callable[[], object]) -> None:
    """The deed is refused, by this rule."""
    with pytest.raises(BrokenRuleError) as found:
        deed()
    assert found.value.word == f"catalogue.rule.{word}"


def published(people: tuple[Account, Account, Account], **options: Any) -> Version:
    """A draft with a shorter limit that has come all the way."""
    writer, one, other = people
    draft = begun(writer, **options)
    rewritten(draft, writer)
    for account in (one, other):
        services.approve(draft=draft, shown=2, **by(account))
    return services.publish(draft=draft, review_by=FIRST + 365 * DAY, **by(one))


def test_every_pathway_of_the_program_is_a_version(own_home: Path) -> None:
    held = all_in_force(BEGUN)
    assert {name: version.day for name, version in held.items()} == {p.id: p.version for p in packaged()}
    before = Version.objects.count()
    after_migrating()
    assert Version.objects.count() == before


def test_a_text_is_read_as_it_was_written() -> None:
    for one in packaged():
        again = trusted(written(one))
        assert again == one
        assert [e.expect[0].model_fields_set for e in again.examples if e.expect] == [
            e.expect[0].model_fields_set for e in one.examples if e.expect
        ]


_texts = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=30)
_changes = st.fixed_dictionaries(
    {},
    optional={
        "entry": st.lists(_texts, max_size=4).map(tuple),
        "notes": st.lists(_texts, max_size=3).map(tuple),
        "version": st.dates(date(2026, 1, 1), date(2030, 1, 1)),
        "limits": st.permutations(BREAST.limits).flatmap(
            lambda limits: st.integers(0, len(limits)).map(lambda n: tuple(limits[:n]))
        ),
        "blocks": st.permutations(BREAST.blocks).map(tuple),
        "examples": st.permutations(BREAST.examples).map(tuple),
    },
)


@given(st.sampled_from(packaged()), _changes, _changes)
def test_differences_applied_give_the_other_and_with_itself_there_are_none(
    pathway: Pathway, some: dict[str, Any], more: dict[str, Any]
) -> None:
    one, other = pathway.model_copy(update=some), pathway.model_copy(update=more)
    assert differences(one, one) == ()
    found = differences(one, other)
    assert plain_values(applied(one, found)) == plain_values(other)
    for difference in found:
        gone = [row.before for row in difference.rows if row.now is None]
        new = [row.now for row in difference.rows if row.before is None]
        if difference.rows:
            assert len(difference.now) - len(difference.before) == len(new) - len(gone)


def test_faults_are_told_at_their_fields_and_lines() -> None:
    with pytest.raises(FaultyError) as found:
        read(written(BREAST).replace("treatment: kirurgi", "treatment: kirugi", 1), "brost")
    assert found.value.mistakes[0].field == "limits.0.treatment"
    assert "did you mean 'kirurgi'?" in found.value.mistakes[0].words
    assert found.value.mistakes[0].line
    with pytest.raises(FaultyError) as found:
        read("id: brost\nid: brost\n", "brost")
    assert (found.value.mistakes[0].line, "twice" in found.value.mistakes[0].words) == (2, True)
    with pytest.raises(FaultyError, match="Write the part out"):
        read("id: &a brost\nversion: *a\n", "brost")
    wrong = BREAST.examples[0].expect[0].model_copy(update={"days": 1})
    example = BREAST.examples[0].model_copy(update={"expect": (wrong,)})
    with pytest.raises(FaultyError) as found:
        read(written(BREAST.model_copy(update={"examples": (example,)})), "brost")
    assert found.value.mistakes[0].field == "examples.0"


def test_a_draft_is_written_consulted_on_answered_approved_and_published(
    people: tuple[Account, Account, Account],
) -> None:
    writer, one, other = people
    reader = person("reader", Role.UNIT_STAFF, "24")
    draft = begun(writer)
    content = rewritten(draft, writer)
    assert standing(draft).state is State.WRITING
    refused("past", lambda: services.open_consultation(draft=draft, last_day=BEGUN - DAY, **by(writer)))
    services.open_consultation(draft=draft, last_day=BEGUN + 2 * DAY, **by(writer))
    refused("consulting", lambda: services.open_consultation(draft=draft, last_day=FIRST, **by(writer)))
    refused("consulting", lambda: services.approve(draft=draft, shown=2, **by(one)))
    said: Any = {"draft": draft, "section": Comment.Section.LIMITS, "organisation": "24"}
    comment = services.comment(text="För kort tid", **said, **by(reader))
    refused("needed", lambda: services.comment(text=" ", **said, **by(reader)))
    over = AT + 3 * DAY
    refused("not_consulting", lambda: services.comment(text="För sent", **said, **by(reader, over)))
    assert standing(draft, over.date()).state is State.ANSWERING
    refused("unanswered", lambda: services.approve(draft=draft, shown=2, **by(one, over)))
    answered: Any = {"draft": draft, "about": comment, "outcome": Answer.Outcome.DECLINED}
    refused("needed", lambda: services.answer(text="", **answered, **by(writer, over)))
    for text in ("Nej", "Nej: operationen hinns med"):
        services.answer(text=text, **answered, **by(writer, over))
    (told,) = standing(draft, over.date()).said
    assert [row.text for row in told.answers] == ["Nej", "Nej: operationen hinns med"]
    refused("own_draft", lambda: services.approve(draft=draft, shown=2, **by(writer, over)))
    refused("changed_meanwhile", lambda: services.approve(draft=draft, shown=1, **by(one, over)))
    services.approve(draft=draft, shown=2, **by(one, over))
    refused("approved_already", lambda: services.approve(draft=draft, shown=2, **by(one, over)))
    late = FIRST + 365 * DAY
    refused("not_approved", lambda: services.publish(draft=draft, review_by=late, **by(one, over)))
    services.approve(draft=draft, shown=2, **by(other, over))
    assert standing(draft, over.date()).state is State.APPROVED
    refused("review_early", lambda: services.publish(draft=draft, review_by=FIRST, **by(one, over)))
    services.open_consultation(draft=draft, last_day=over.date() + DAY, **by(writer, over))
    again = services.comment(text="En sak till", **said, **by(reader, over))
    refused("consulting", lambda: services.publish(draft=draft, review_by=late, **by(one, over)))
    over += 2 * DAY
    refused("unanswered", lambda: services.publish(draft=draft, review_by=late, **by(one, over)))
    services.answer(text="Nej", **(answered | {"about": again}), **by(writer, over))
    version = services.publish(draft=draft, review_by=late, **by(one, over))
    assert (version.day, version.content, version.sha256) == (FIRST, content, sha256_of(content))
    assert standing(draft, over.date()).state is State.PUBLISHED
    assert review_days(FIRST)["brost"].day == late
    assert review_days(FIRST - DAY) == {}
    refused("closed", lambda: services.withdraw(draft=draft, why="Ångrat", **by(writer, over)))


def test_a_block_of_no_days_can_be_saved_as_it_is() -> None:
    leukaemia = pathway("akut_leukemi_aml")
    place = next(at for at, block in enumerate(leukaemia.blocks) if block.days == 0)
    row = stated(leukaemia)["blocks"][place]
    assert trusted(with_row(leukaemia, Part.BLOCKS, place, row)).blocks[place].days == 0


def test_a_changed_draft_has_to_be_approved_anew(people: tuple[Account, Account, Account]) -> None:
    writer, one, other = people
    draft = begun(writer)
    for account in (one, other):
        services.approve(draft=draft, shown=1, **by(account))
    rewritten(draft, writer)
    assert standing(draft).state is State.WRITING
    refused("not_approved", lambda: services.publish(draft=draft, review_by=FIRST + DAY, **by(one)))


def test_nobody_overwrites_another_and_the_same_text_adds_nothing(
    people: tuple[Account, Account, Account],
) -> None:
    writer = people[0]
    draft = begun(writer)
    content = rewritten(draft, writer)
    services.revise(draft=draft, content=content, shown=2, **by(writer))
    assert draft.revisions.count() == 2
    refused("saved_meanwhile", lambda: services.revise(draft=draft, content=content, shown=1, **by(writer)))


def test_a_version_begins_after_the_one_before_and_not_in_the_past(
    people: tuple[Account, Account, Account],
) -> None:
    writer, one, other = people
    refused("too_early", lambda: begun(writer, first_day=BREAST.version))
    draft = begun(writer)
    for account in (one, other):
        services.approve(draft=draft, shown=1, **by(account))
    passed = AT + 61 * DAY
    late = FIRST + 365 * DAY
    refused("too_early", lambda: services.publish(draft=draft, review_by=late, **by(one, passed)))


def test_what_is_not_valid_is_never_saved(people: tuple[Account, Account, Account]) -> None:
    writer = people[0]
    draft = begun(writer)
    for broken in ("id: brost", "", "- 1", written(BREAST).replace("id: brost", "id: lunga")):
        with pytest.raises(FaultyError):
            services.revise(draft=draft, content=broken, shown=1, **by(writer))
    assert draft.revisions.count() == 1


def test_a_published_limit_judges_those_that_end_from_its_first_day_alone(
    people: tuple[Account, Account, Account], own_home: Path
) -> None:
    before = content_version()
    published(people)
    assert published_files(FIRST - DAY) == ()
    (file,) = published_files(FIRST)
    assert file.name == f"brost@{FIRST}.yaml"
    found = definitions._in_force(published_files(FIRST))
    assert [one.id for one in found] == [one.id for one in packaged()]
    now = next(one for one in found if one.id == "brost")
    assert (now.version, content_version()) == (FIRST, before)
    held = {end: _judged_by(now, end) for end in (FIRST - DAY, FIRST)}
    assert held == {FIRST - DAY: (35, True), FIRST: (21, False)}
    file.unlink()
    after_migrating()
    assert file.read_text(encoding="utf-8") == versions("brost")[0].content


def _judged_by(pathway: Pathway, end: date) -> tuple[int, bool]:
    """The limit, and whether it was kept, of an operation on a day, 30 days after the start."""
    events = tuple(ExampleEvent(on=on, point=point) for on, point in ((end - 30 * DAY, "10"), (end, "50")))
    reference = engine("reference")
    found, _ = examples.follow([(pathway, Example(title="prov", events=events))], reference, end)
    (row,) = reference.answer(found).to_pylist()
    return row["limit_days"], row["within"]


def test_content_is_told_apart_once_a_version_holds(
    people: tuple[Account, Account, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, day_before = content_version(), definitions.pathway("brost").version
    version = published(people)
    monkeypatch.setattr(definitions, "published_files", lambda: published_files(version.day))
    monkeypatch.setattr("fyrbak.pathways.kept.published_files", lambda: published_files(version.day))
    assert definitions.pathway("brost").version == version.day > day_before
    assert content_version() != before


REFUSED = [
    "UPDATE catalogue_version SET content = ''",
    "DELETE FROM catalogue_revision",
    "UPDATE catalogue_draft SET purpose = 'annat'",
    "UPDATE catalogue_version SET day = day - 1",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_changes_nothing_that_was_said(
    people: tuple[Account, Account, Account], statement: str
) -> None:
    begun(people[0])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_itself_refuses_what_the_rules_refuse(
    people: tuple[Account, Account, Account],
) -> None:
    writer, one, other = people
    draft = begun(writer)
    first = draft.revisions.get()
    with pytest.raises(DatabaseError, match="written themselves"), transaction.atomic():
        Approval.objects.create(revision=first, **_done(writer))
    with pytest.raises(DatabaseError, match="comes with the program"), transaction.atomic():
        Version.objects.create(pathway="brost", day=FIRST, sha256="0" * 64, content="x", by_name="x", at=AT)
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="saved the draft meanwhile"), transaction.atomic():
        Revision.objects.create(draft=draft, number=1, content="x", sha256="x", **_done(writer))
    Approval.objects.create(revision=first, **_done(one))
    with pytest.raises(DatabaseError), transaction.atomic():
        Approval.objects.create(revision=first, **_done(one))
    rewritten(draft, writer)
    with pytest.raises(DatabaseError, match="has been changed"), transaction.atomic():
        Approval.objects.create(revision=first, **_done(other))


def _done(account: Account) -> dict[str, Any]:
    return {"account": account, "by_name": account.name, "at": AT}


def test_a_draft_does_not_undo_what_was_published_since(people: tuple[Account, Account, Account]) -> None:
    writer, one, other = people
    first, second = begun(writer), begun(writer, first_day=FIRST + 30 * DAY)
    for draft in (first, second):
        for account in (one, other):
            services.approve(draft=draft, shown=1, **by(account))
    services.publish(draft=first, review_by=FIRST + 365 * DAY, **by(one))
    refused("undoes", lambda: services.publish(draft=second, review_by=FIRST + 365 * DAY, **by(one)))


def test_of_two_who_publish_at_once_one_is_told(people: tuple[Account, Account, Account]) -> None:
    writer, one, other = people
    drafts = [begun(writer), begun(writer)]
    for draft in drafts:
        for account in (one, other):
            services.approve(draft=draft, shown=1, **by(account))
    outcomes: list[str] = []

    def publish(draft: Draft) -> None:
        try:
            services.publish(draft=draft, review_by=FIRST + DAY, **by(one))
            outcomes.append("published")
        except BrokenRuleError as error:
            outcomes.append(error.word)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["catalogue.rule.too_early", "published"]


def test_shorter_is_a_definition_without_fault() -> None:
    read(written(shorter(BREAST.model_copy(update={"version": FIRST}))), "brost")
