WITH women AS (
    SELECT p.person_id, p.birth_date, min(d.death_date) AS death_date
    FROM person AS p LEFT JOIN death AS d USING (person_id)
    WHERE p.sex = 'F' AND p.birth_date IS NOT NULL
    GROUP BY ALL
), homes AS (
    SELECT w.person_id, w.birth_date, w.death_date, r.region, r.start_date AS since,
           least(r.end_date + 1, lead(r.start_date) OVER (PARTITION BY r.person_id ORDER BY r.start_date, r.region))
               AS until
    FROM residence AS r JOIN women AS w USING (person_id)
), calendar AS (
    SELECT year, make_date(year, 1, 1) AS first, least(make_date(year + 1, 1, 1), DATE '{as_of}' + 1) AS until
    FROM range(greatest(2020, (SELECT year(min(start_date)) FROM tumour)), year(DATE '{as_of}') + 1) AS every(year)
), lived AS (
    SELECT region, birth_date, c.year, c.first, greatest(h.since, c.first, h.birth_date) AS since,
           least(h.until, c.until, h.death_date + 1) AS until,
           CASE WHEN month(birth_date) = 2 AND day(birth_date) = 29 AND day(last_day(make_date(c.year, 2, 1))) = 28
                THEN make_date(c.year, 3, 1)
                ELSE make_date(c.year, month(birth_date), day(birth_date)) END AS turn
    FROM homes AS h CROSS JOIN calendar AS c
    WHERE nullif(region, '') IS NOT NULL AND h.since < c.until AND coalesce(h.until, DATE '9999-12-31') > c.first
), parts AS (
    SELECT region, first, (year - year(birth_date) - 1) // 5 AS five, since, least(until, turn) AS until FROM lived
    UNION ALL
    SELECT region, first, (year - year(birth_date)) // 5, greatest(since, turn), until FROM lived
), cases AS (
    SELECT t.record_key, t.start_date, p.birth_date, arg_max(r.region, r.start_date) AS region
    FROM tumour AS t
    JOIN person AS p USING (person_id)
    JOIN residence AS r ON r.person_id = t.person_id AND r.start_date <= t.start_date
        AND coalesce(r.end_date, DATE '9999-12-31') >= t.start_date
    WHERE t.code LIKE 'C53%' AND coalesce(t.behaviour, '') IN ('', '3') AND p.sex = 'F'
      AND p.birth_date IS NOT NULL AND t.start_date BETWEEN DATE '2020-01-01' AND DATE '{as_of}'
    GROUP BY ALL
), counted AS (
    SELECT first AS period, region, five, 0 AS hits, until - since AS time, until > DATE '{as_of}' AS at_risk
    FROM parts WHERE until > since
    UNION ALL
    SELECT make_date(year(start_date), 1, 1), region, years(birth_date, start_date) // 5, 1, 0, false FROM cases
    WHERE nullif(region, '') IS NOT NULL
)
SELECT period, region,
       CASE WHEN five >= 17 THEN '85+' ELSE (five * 5)::BIGINT || '-' || (five * 5 + 4)::BIGINT END AS age_group_5,
       sum(hits)::BIGINT AS hits, sum(time)::BIGINT AS time, count(*) FILTER (WHERE at_risk) AS at_risk
FROM counted
GROUP BY ALL
