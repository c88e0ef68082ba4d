"""Plans at work: rows with versions and a record of changes, functions, documents under review, ended links."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import fyrbak.goals.models.plan

# Tables that came from documents have the columns that their rows have. Wording that a frozen round rests on may
# not change; this changes no word.
COLUMNS = """
ALTER TABLE goals_area DISABLE TRIGGER area_wording_stays;
UPDATE goals_area area SET columns = told.columns FROM (
    SELECT goal.area_id, array_remove(ARRAY[
        'activity',
        CASE WHEN count(row.how) > 0 THEN 'how' END,
        CASE WHEN count(row.who) > 0 THEN 'who' END,
        CASE WHEN count(row.when) > 0 THEN 'when' END,
        CASE WHEN count(row.responsible) > 0 THEN 'responsible' END,
        CASE WHEN count(row.follow_up) > 0 THEN 'follow_up' END,
        CASE WHEN count(row.time_frame) > 0 THEN 'time_frame' END
    ], NULL) AS columns
    FROM goals_activity row JOIN goals_goal goal ON goal.id = row.goal_id GROUP BY goal.area_id
) told WHERE told.area_id = area.id;
ALTER TABLE goals_area ENABLE TRIGGER area_wording_stays;
"""

# What was done, what came in and what was answered about it is only ever added.
ADDED = """
CREATE TRIGGER planchange_append_only BEFORE UPDATE OR DELETE ON goals_planchange
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER uploadfile_append_only BEFORE UPDATE OR DELETE ON goals_uploadfile
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER uploadanswer_append_only BEFORE UPDATE OR DELETE ON goals_uploadanswer
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER planupload_becomes_one_edition BEFORE UPDATE ON goals_planupload
    FOR EACH ROW WHEN (OLD.edition_id IS NOT NULL) EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER planupload_stays BEFORE DELETE ON goals_planupload
    FOR EACH ROW EXECUTE FUNCTION goals_append_only();
CREATE TRIGGER planedition_never_a_draft_again BEFORE UPDATE ON goals_planedition
    FOR EACH ROW WHEN (OLD.status <> 'draft' AND NEW.status = 'draft') EXECUTE FUNCTION goals_append_only();
"""

# (The triggers are named to come after those that keep the wording of what a frozen round rests on.)
# A row of a plan that is no longer a draft stays, and changes only by a change that is told with its reason.
TOLD = """
CREATE FUNCTION goals_change_is_told() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    the_edition goals_planedition%ROWTYPE;
    the_area bigint;
BEGIN
    IF TG_TABLE_NAME = 'goals_activity' THEN
        SELECT goal.area_id INTO the_area FROM goals_goal goal WHERE goal.id = OLD.goal_id;
    ELSIF TG_TABLE_NAME = 'goals_goal' THEN
        the_area := OLD.area_id;
    ELSE
        the_area := OLD.id;
    END IF;
    SELECT edition.* INTO the_edition FROM goals_planedition edition
        JOIN goals_area area ON area.edition_id = edition.id WHERE area.id = the_area;
    IF the_edition.status = 'draft' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM 1 FROM goals_planchange WHERE edition_id = the_edition.id AND lineage = NEW.lineage
            AND version = NEW.version AND NEW.version = OLD.version + 1 AND reason <> '';
        IF FOUND THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the plan % has been adopted: its rows stay, and change only with a reason', the_edition.key
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER area_words_are_told BEFORE UPDATE OR DELETE ON goals_area
    FOR EACH ROW EXECUTE FUNCTION goals_change_is_told();
CREATE TRIGGER goal_words_are_told BEFORE UPDATE OR DELETE ON goals_goal
    FOR EACH ROW EXECUTE FUNCTION goals_change_is_told();
CREATE TRIGGER activity_words_are_told BEFORE UPDATE OR DELETE ON goals_activity
    FOR EACH ROW EXECUTE FUNCTION goals_change_is_told();
"""

# A link that holds can be confirmed once and ended once; then it stays. Only a draft takes its links with it.
LINKS = """
CREATE FUNCTION goals_link_stays() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM 1 FROM goals_goalpart part JOIN goals_goal goal ON goal.id = part.goal_id
            JOIN goals_area area ON area.id = goal.area_id
            JOIN goals_planedition edition ON edition.id = area.edition_id
            WHERE part.id = OLD.from_part_id AND edition.status = 'draft';
        IF FOUND THEN
            RETURN OLD;
        END IF;
    ELSIF (NEW.from_part_id, NEW.to_part_id, NEW.kind) = (OLD.from_part_id, OLD.to_part_id, OLD.kind)
            AND OLD.ended_at IS NULL
            AND (OLD.standing = 'suggested' OR (NEW.rationale_sv, NEW.standing, NEW.by_name, NEW.at)
                = (OLD.rationale_sv, OLD.standing, OLD.by_name, OLD.at)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'links between goals stay as they were: end the link and make a new one'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER goallink_stays BEFORE UPDATE OR DELETE ON goals_goallink
    FOR EACH ROW EXECUTE FUNCTION goals_link_stays();
"""

_ADDED = {
    "planchange_append_only": "goals_planchange",
    "uploadfile_append_only": "goals_uploadfile",
    "uploadanswer_append_only": "goals_uploadanswer",
    "planupload_becomes_one_edition": "goals_planupload",
    "planupload_stays": "goals_planupload",
    "planedition_never_a_draft_again": "goals_planedition",
}


class Migration(migrations.Migration):
    dependencies = [
        ("goals", "0003_rounds_at_work"),
        ("records", "0003_background"),
    ]

    operations = [
        migrations.CreateModel(
            name="Function",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title_sv", models.CharField(help_text="what the function is called", max_length=160)),
                (
                    "title_en",
                    models.CharField(blank=True, default="", help_text="the same in English", max_length=160),
                ),
                (
                    "valid_from",
                    models.DateField(
                        blank=True, help_text="first day; blank when it has always been there", null=True
                    ),
                ),
                (
                    "valid_to",
                    models.DateField(blank=True, help_text="last day; blank while it lasts", null=True),
                ),
            ],
            options={
                "ordering": ("organisation__order", "title_sv"),
            },
        ),
        migrations.CreateModel(
            name="PlanChange",
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
                        choices=[("area", "område"), ("goal", "mål"), ("activity", "aktivitet")],
                        help_text="what kind of row it was done to",
                        max_length=8,
                    ),
                ),
                ("lineage", models.UUIDField(help_text="the row's lineage")),
                ("version", models.PositiveIntegerField(help_text="the row's version after it")),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("added", "tillagd"),
                            ("changed", "ändrad"),
                            ("moved", "flyttad"),
                            ("removed", "borttagen"),
                            ("dropped", "bortvald"),
                        ],
                        help_text="what was done",
                        max_length=7,
                    ),
                ),
                (
                    "before",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="the fields it changed; a removed row whole, with all below it",
                    ),
                ),
                ("after", models.JSONField(blank=True, default=dict, help_text="the same fields afterwards")),
                (
                    "reason",
                    models.TextField(
                        blank=True, default="", help_text="why; never blank in an adopted edition"
                    ),
                ),
                ("by_name", models.CharField(help_text="who did it", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
            ],
            options={
                "ordering": ("edition", "id"),
            },
        ),
        migrations.CreateModel(
            name="PlanUpload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        help_text="address of the review",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("regional", "regional plan"), ("local", "lokal handlingsplan")],
                        help_text="place in the cascade of plans",
                        max_length=17,
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="what the edition is to be called, such as 2025–2027", max_length=60
                    ),
                ),
                ("by_name", models.CharField(help_text="who began", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
            ],
            options={
                "ordering": ("-at",),
            },
        ),
        migrations.CreateModel(
            name="UploadAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.CharField(help_text="number of the row or the area", max_length=20)),
                ("field", models.CharField(help_text="which of its cells", max_length=60)),
                ("text", models.TextField(blank=True, help_text="what the cell holds")),
                ("by_name", models.CharField(help_text="who says so", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
            ],
            options={
                "ordering": ("upload", "id"),
            },
        ),
        migrations.CreateModel(
            name="UploadFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="what the file was called", max_length=200)),
                ("sha256", models.CharField(help_text="SHA-256 of its content", max_length=64)),
                ("data", models.BinaryField(help_text="its content")),
                (
                    "document",
                    models.JSONField(
                        blank=True, help_text="what was read; blank if nothing could be", null=True
                    ),
                ),
                (
                    "fault",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="why it could not be read, in words of the catalogue and as a line",
                    ),
                ),
                ("by_name", models.CharField(help_text="who brought it", max_length=120)),
                ("at", models.DateTimeField(help_text="when")),
            ],
            options={
                "ordering": ("upload", "id"),
            },
        ),
        migrations.AlterModelOptions(
            name="goallink",
            options={"base_manager_name": "ever", "ordering": ("from_part", "to_part", "kind")},
        ),
        migrations.AlterModelManagers(
            name="goallink",
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("ever", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="activity",
            name="activity_number_once",
        ),
        migrations.RemoveConstraint(
            model_name="goallink",
            name="goallink_once",
        ),
        migrations.AddField(
            model_name="activity",
            name="lineage",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                help_text="the same for the same activity in later editions",
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="version",
            field=models.PositiveIntegerField(default=1, help_text="counted up by every change"),
        ),
        migrations.AddField(
            model_name="area",
            name="columns",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=11),
                default=fyrbak.goals.models.plan.all_columns,
                help_text="columns of its table of activities; some areas have three of the seven",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="lineage",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                help_text="the same for the same area in later editions",
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="version",
            field=models.PositiveIntegerField(default=1, help_text="counted up by every change"),
        ),
        migrations.AddField(
            model_name="goal",
            name="version",
            field=models.PositiveIntegerField(default=1, help_text="counted up by every change"),
        ),
        migrations.AddField(
            model_name="goallink",
            name="ended_at",
            field=models.DateTimeField(
                blank=True, help_text="when it ceased to hold; blank while it holds", null=True
            ),
        ),
        migrations.AddField(
            model_name="goallink",
            name="ended_by",
            field=models.CharField(blank=True, default="", help_text="who ended it", max_length=120),
        ),
        migrations.AddField(
            model_name="goallink",
            name="ended_why",
            field=models.TextField(blank=True, default="", help_text="why it no longer holds"),
        ),
        migrations.AddField(
            model_name="planedition",
            name="adopted_by",
            field=models.CharField(
                blank=True, default="", help_text="who said that it was adopted", max_length=120
            ),
        ),
        migrations.AddField(
            model_name="planedition",
            name="adopted_on",
            field=models.DateField(
                blank=True, help_text="day it was adopted here; blank if not stated", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                fields=("goal", "number"),
                name="activity_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="goallink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("from_part", "to_part", "kind"),
                name="goallink_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="goallink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by", ""), ("ended_why", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        models.Q(("ended_by", ""), _negated=True),
                        models.Q(("ended_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="goallink_ended_with_reason",
            ),
        ),
        migrations.AddField(
            model_name="function",
            name="organisation",
            field=models.ForeignKey(
                help_text="where the function is held",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.organisation",
            ),
        ),
        migrations.AddField(
            model_name="activityparty",
            name="function",
            field=models.ForeignKey(
                blank=True,
                help_text="the function in that organisation, where somebody has said which",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="goals.function",
            ),
        ),
        migrations.AddConstraint(
            model_name="activityparty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("function__isnull", True), ("organisation__isnull", False), _connector="OR"
                ),
                name="activityparty_function_is_somewhere",
            ),
        ),
        migrations.AddField(
            model_name="planchange",
            name="edition",
            field=models.ForeignKey(
                help_text="the edition",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="goals.planedition",
            ),
        ),
        migrations.AddField(
            model_name="planchange",
            name="takes_back",
            field=models.OneToOneField(
                blank=True,
                help_text="the change that this one undoes",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_back_by",
                to="goals.planchange",
            ),
        ),
        migrations.AddField(
            model_name="planupload",
            name="edition",
            field=models.OneToOneField(
                blank=True,
                help_text="the edition it became; blank while it is reviewed",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="upload",
                to="goals.planedition",
            ),
        ),
        migrations.AddField(
            model_name="planupload",
            name="owner",
            field=models.ForeignKey(
                help_text="whose plan it is",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.organisation",
            ),
        ),
        migrations.AddField(
            model_name="uploadanswer",
            name="upload",
            field=models.ForeignKey(
                help_text="the review",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="goals.planupload",
            ),
        ),
        migrations.AddField(
            model_name="uploadfile",
            name="upload",
            field=models.ForeignKey(
                help_text="the review",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="goals.planupload",
            ),
        ),
        migrations.AddConstraint(
            model_name="function",
            constraint=models.UniqueConstraint(
                fields=("organisation", "title_sv", "valid_from"),
                name="function_once_per_start",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="function",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="function_period_runs_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="planchange",
            constraint=models.UniqueConstraint(
                fields=("edition", "kind", "lineage", "version"), name="planchange_one_per_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document__isnull", False), ("fault", {})),
                    models.Q(("document__isnull", True), models.Q(("fault", {}), _negated=True)),
                    _connector="OR",
                ),
                name="uploadfile_read_or_fault",
            ),
        ),
        migrations.RunSQL(COLUMNS, migrations.RunSQL.noop),
        migrations.RunSQL(
            ADDED, ";".join(f"DROP TRIGGER {name} ON {table}" for name, table in _ADDED.items())
        ),
        migrations.RunSQL(TOLD, "DROP FUNCTION goals_change_is_told() CASCADE"),
        migrations.RunSQL(LINKS, "DROP FUNCTION goals_link_stays() CASCADE"),
    ]
