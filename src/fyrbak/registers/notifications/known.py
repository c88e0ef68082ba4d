"""What is known of persons as merging needs it: asked of one person or of everybody by the same question."""
# ruff: noqa: S608 - statements are put together from the program's own names

from __future__ import annotations

from fyrbak.records.holding import holds

_VALUES = (
    "id", "key", "kind", "register", "diagnosed", "precision", "topography", "morphology", "behaviour",
    "grade", "laterality", "basis", "t", "n", "m", "edition", "complete", "received_at",
)  # fmt: skip
_TOLD = ", ".join(f"'{name}', n.{name}" for name in _VALUES)


def question(whom: str = "") -> str:
    """A query of one column of JSON, a row a person who has notifications that hold, in the order of persons.

    With ``whom``, an expression of SQL for the id of the first version, it is that one person, with or
    without notifications.
    """
    narrowed, each = (f"AND n.person_id = {whom}", "") if whom else ("", "GROUP BY n.person_id")
    return f"""
    SELECT jsonb_build_object(
        'person', x.person_id, 'sex', p.sex, 'hidden', COALESCE(p.visibility <> 'normal', true),
        'birth', left(p.birth_date::text, CASE p.birth_precision WHEN 'Y' THEN 4 WHEN 'M' THEN 7 ELSE 10 END),
        'died', (SELECT left(d.death_date::text,
                CASE d.death_precision WHEN 'Y' THEN 4 WHEN 'M' THEN 7 ELSE 10 END)
            FROM records_death d WHERE d.person_id = x.person_id AND {holds("d")}
            ORDER BY d.id DESC LIMIT 1),
        'notifications', x.notifications,
        'rulings', (SELECT COALESCE(jsonb_agg(jsonb_build_object(
                'one', r.one, 'other', r.other, 'outcome', r.outcome)), '[]')
            FROM (SELECT DISTINCT ON (one, other) one, other, outcome FROM notifications_ruling
                WHERE person_id = x.person_id ORDER BY one, other, id DESC) r WHERE r.outcome <> 'undone'))
    FROM (
        SELECT {whom or "n.person_id"} AS person_id, COALESCE(jsonb_agg(jsonb_build_object({_TOLD},
            'region', n.region_id, 'unit', n.unit_id, 'referrer', n.referrer_id, 'first_id', f.id,
            'first_received', f.received_at) ORDER BY f.id), '[]') AS notifications
        FROM notifications_notification n
        JOIN notifications_notification f ON f.key = n.key AND f.version = 1
        WHERE n.status <> 'retracted' {narrowed} AND NOT EXISTS (
            SELECT FROM notifications_notification l WHERE l.replaces_id = n.id)
        {each}
    ) x
    JOIN records_person first ON first.id = x.person_id
    LEFT JOIN records_person p ON p.pseudonym = first.pseudonym AND {holds("p")}
    ORDER BY x.person_id
    """
