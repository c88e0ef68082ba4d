WITH begin AS (
    SELECT year(min(start_date)) + 3 AS year FROM tumour
), treated AS (
    SELECT year(end_date) AS year, home_region AS region, sex, age, 1 AS hit, 0 AS base
    FROM episode
    WHERE outcome = 'treated' AND treatment IS DISTINCT FROM 'avslutande_samtal' AND end_date <= DATE '{as_of}'
), cases AS (
    SELECT t.record_key, t.start_date, any_value(p.sex) AS sex, any_value(p.birth_date) AS birth_date,
           arg_max(r.region, r.start_date) AS region
    FROM tumour AS t
    LEFT JOIN person AS p USING (person_id)
    LEFT JOIN residence AS r ON r.person_id = t.person_id AND r.start_date <= t.start_date
        AND coalesce(r.end_date, DATE '9999-12-31') >= t.start_date
    WHERE coalesce(t.behaviour, '') IN ('', '3') AND EXISTS (
        SELECT 1 FROM icd10 WHERE replace(t.code, '.', '') BETWEEN icd10.first AND icd10.last
    )
    GROUP BY t.record_key, t.start_date
), expected AS (
    SELECT year(start_date) + later AS year, region, sex, years(birth_date, start_date) AS age, 0 AS hit, 1 AS base
    FROM cases CROSS JOIN (VALUES (1), (2), (3)) AS three(later)
    WHERE make_date(year(start_date) + later, 1, 1) <= DATE '{as_of}'
)
SELECT make_date(e.year, 1, 1) AS period, known(region) AS region, known(sex) AS sex, age_group(age) AS age_group,
       sum(hit)::BIGINT AS hits, sum(base)::BIGINT AS base
FROM (SELECT * FROM treated UNION ALL SELECT * FROM expected) AS e, begin
WHERE e.year >= begin.year AND coalesce(age >= 18, true)
GROUP BY ALL
