"""Rounds at work: answers end when a round closes, and all that is said of an answer stays as it was said."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# The checks look at the round and the plan whoever writes, also where row security hides those rows from the
# one who does or lets nobody but the plan's owner lock them.
AS_OWNER = """
ALTER FUNCTION goals_may_be_said() SECURITY DEFINER SET search_path FROM CURRENT;
ALTER FUNCTION goals_assessment_fits() SECURITY DEFINER SET search_path FROM CURRENT;
ALTER FUNCTION goals_wording_stays() SECURITY DEFINER SET search_path FROM CURRENT;
"""
AS_WRITER = """
ALTER FUNCTION goals_may_be_said() SECURITY INVOKER RESET search_path;
ALTER FUNCTION goals_assessment_fits() SECURITY INVOKER RESET search_path;
ALTER FUNCTION goals_wording_stays() SECURITY INVOKER RESET search_path;
"""

# A closed round takes no answers. The round's row is locked, so that none slips in while it is being closed.
ANSWERING = """
CREATE FUNCTION goals_round_takes_answers() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    the_round goals_followupround%ROWTYPE;
BEGIN
    SELECT * INTO the_round FROM goals_followupround WHERE id = NEW.round_id FOR SHARE;
    IF the_round.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the round % is closed', the_round.label USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER assessment_while_round_is_open BEFORE INSERT ON goals_assessment
    FOR EACH ROW EXECUTE FUNCTION goals_round_takes_answers();
"""

# What is said of an answer is said before the round is frozen, and never changed.
OF_ANSWERS = """
CREATE FUNCTION goals_of_unfrozen_answer() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    the_round goals_followupround%ROWTYPE;
BEGIN
    SELECT round.* INTO the_round FROM goals_followupround round
        JOIN goals_assessment said ON said.round_id = round.id
        WHERE said.id = NEW.assessment_id FOR SHARE OF round;
    IF the_round.frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'the round % is frozen', the_round.label USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER pinnedevidence_before_freezing BEFORE INSERT ON goals_pinnedevidence
    FOR EACH ROW EXECUTE FUNCTION goals_of_unfrozen_answer();
CREATE TRIGGER question_before_freezing BEFORE INSERT ON goals_question
    FOR EACH ROW EXECUTE FUNCTION goals_of_unfrozen_answer();
CREATE TRIGGER condensedcomment_before_freezing BEFORE INSERT ON goals_condensedcomment
    FOR EACH ROW EXECUTE FUNCTION goals_of_unfrozen_answer();

CREATE TRIGGER roundstep_append_only BEFORE UPDATE OR DELETE ON goals_roundstep
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER pinnedevidence_append_only BEFORE UPDATE OR DELETE ON goals_pinnedevidence
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER question_append_only BEFORE UPDATE OR DELETE ON goals_question
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER condensedcomment_append_only BEFORE UPDATE OR DELETE ON goals_condensedcomment
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();

CREATE FUNCTION goals_condensed_in_turn() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM goals_condensedcomment
        WHERE id = NEW.supersedes_id AND assessment_id = NEW.assessment_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a condensed comment supersedes one of the same answer'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER condensedcomment_in_turn BEFORE INSERT ON goals_condensedcomment
    FOR EACH ROW WHEN (NEW.supersedes_id IS NOT NULL) EXECUTE FUNCTION goals_condensed_in_turn();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("goals", "0002_guards"),
        ("records", "0003_background"),
    ]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="explanation",
            field=models.TextField(
                blank=True,
                default="",
                help_text="why the level and what data say differ, in the organisation's words",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="file_name",
            field=models.CharField(
                blank=True, default="", help_text="the file it came in, where it came in one", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="origin",
            field=models.CharField(
                choices=[
                    ("document", "inläst dokument"),
                    ("page", "sidan"),
                    ("excel", "ifylld Excelfil"),
                    ("word", "ifyllt Worddokument"),
                ],
                default="document",
                help_text="how the answer came in",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="followupround",
            name="closed_at",
            field=models.DateTimeField(
                blank=True, help_text="when answering was ended by hand; blank while it goes on", null=True
            ),
        ),
        migrations.CreateModel(
            name="RoundStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "öppnad"),
                            ("closed", "stängd"),
                            ("reopened", "öppnad igen"),
                            ("frozen", "fryst"),
                        ],
                        help_text="what was done",
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField(blank=True, default="", help_text="why, where somebody said")),
                ("by_name", models.CharField(help_text="who did it", max_length=300)),
                ("at", models.DateTimeField(help_text="when it was done")),
                (
                    "round",
                    models.ForeignKey(
                        help_text="the round",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="goals.followupround",
                    ),
                ),
            ],
            options={
                "ordering": ("round", "id"),
            },
        ),
        migrations.CreateModel(
            name="CondensedComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(help_text="the comment as printed")),
                ("by_name", models.CharField(help_text="who wrote it", max_length=300)),
                ("at", models.DateTimeField(help_text="when it was written")),
                (
                    "assessment",
                    models.ForeignKey(
                        help_text="the answer it condenses",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="condensed",
                        to="goals.assessment",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        help_text="the wording before this one",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="goals.condensedcomment",
                    ),
                ),
            ],
            options={
                "ordering": ("assessment", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("assessment",),
                        name="condensedcomment_one_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="condensedcomment_has_words"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.BigIntegerField(help_text="number of the account that writes")),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3),
                        blank=True,
                        default=list,
                        help_text="levels chosen so far",
                        size=None,
                    ),
                ),
                (
                    "uncertain",
                    models.BooleanField(default=False, help_text="whether the level is marked uncertain"),
                ),
                (
                    "blank_reason",
                    models.CharField(
                        blank=True, default="", help_text="why there is no level, if chosen", max_length=14
                    ),
                ),
                ("comment", models.TextField(blank=True, default="", help_text="the comment as typed")),
                (
                    "explanation",
                    models.TextField(blank=True, default="", help_text="the explanation as typed"),
                ),
                ("saved_at", models.DateTimeField(help_text="when it was last kept")),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        help_text="the answer that was shown when the writing began; blank if there was none",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="goals.assessment",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        help_text="for whom it is written",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.organisation",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        help_text="what is assessed",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="goals.goalpart",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        help_text="the round",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="goals.followupround",
                    ),
                ),
            ],
            options={
                "ordering": ("round", "part"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "part", "organisation", "account"), name="draft_once_per_writer"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PinnedEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(help_text="place among the answer's numbers")),
                ("measure", models.CharField(help_text="id of the measure", max_length=60)),
                ("version", models.CharField(help_text="version of its definition", max_length=20)),
                ("snapshot", models.CharField(help_text="the snapshot it was counted from", max_length=16)),
                ("period", models.CharField(help_text="the period it is about", max_length=20)),
                (
                    "cut",
                    models.JSONField(
                        blank=True, default=dict, help_text="what it is narrowed to, such as one pathway"
                    ),
                ),
                ("n", models.BigIntegerField(blank=True, help_text="how many it rests on", null=True)),
                (
                    "numerator",
                    models.BigIntegerField(blank=True, help_text="how many met the condition", null=True),
                ),
                ("denominator", models.FloatField(blank=True, help_text="out of how many", null=True)),
                ("value", models.FloatField(blank=True, help_text="the number", null=True)),
                ("lower", models.FloatField(blank=True, help_text="lower bound of its interval", null=True)),
                ("upper", models.FloatField(blank=True, help_text="upper bound of its interval", null=True)),
                (
                    "suppressed",
                    models.BooleanField(default=False, help_text="hidden, since it rests on few persons"),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("met", "nått"),
                            ("likely_met", "sannolikt nått"),
                            ("cannot_tell", "går inte att avgöra"),
                            ("missed", "inte nått"),
                        ],
                        default="",
                        help_text="what it says of the target",
                        max_length=11,
                    ),
                ),
                (
                    "contradicts",
                    models.BooleanField(default=False, help_text="whether it speaks against the level"),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        help_text="the answer",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="goals.assessment",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "pinned evidence",
                "ordering": ("assessment", "order"),
                "constraints": [
                    models.UniqueConstraint(fields=("assessment", "order"), name="pinnedevidence_own_place"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("suppressed", False),
                            models.Q(
                                ("denominator", None),
                                ("lower", None),
                                ("n", None),
                                ("numerator", None),
                                ("upper", None),
                                ("value", None),
                            ),
                            _connector="OR",
                        ),
                        name="pinnedevidence_hidden_has_no_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lower", None),
                            ("upper", None),
                            ("upper__gte", models.F("lower")),
                            _connector="OR",
                        ),
                        name="pinnedevidence_interval_runs_forward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(help_text="what is asked")),
                ("by_name", models.CharField(help_text="who asks", max_length=300)),
                ("at", models.DateTimeField(help_text="when it was asked")),
                (
                    "assessment",
                    models.ForeignKey(
                        help_text="the answer asked about",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="goals.assessment",
                    ),
                ),
            ],
            options={
                "ordering": ("assessment", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="question_has_words"
                    )
                ],
            },
        ),
        migrations.RunSQL(AS_OWNER, AS_WRITER),
        migrations.RunSQL(ANSWERING, "DROP FUNCTION goals_round_takes_answers() CASCADE"),
        migrations.RunSQL(
            OF_ANSWERS,
            "DROP FUNCTION goals_of_unfrozen_answer() CASCADE; DROP FUNCTION goals_condensed_in_turn() CASCADE;"
            "DROP TRIGGER roundstep_append_only ON goals_roundstep;"
            "DROP TRIGGER pinnedevidence_append_only ON goals_pinnedevidence;"
            "DROP TRIGGER question_append_only ON goals_question;"
            "DROP TRIGGER condensedcomment_append_only ON goals_condensedcomment",
        ),
    ]
