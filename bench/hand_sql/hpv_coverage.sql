WITH women AS (
    SELECT person_id, sex, birth_date, ends.day
    FROM person
    CROSS JOIN (
        SELECT least(make_date(year, 12, 31), DATE '{as_of}') AS day
        FROM range(2021, year(DATE '{as_of}') + 1) AS every(year)
    ) AS ends
    WHERE sex = 'F' AND birth_date BETWEEN DATE '1994-01-01' AND DATE '1999-12-31'
), housed AS (
    SELECT w.person_id, w.sex, w.birth_date, w.day, arg_max(r.region, r.start_date) AS region
    FROM women AS w
    JOIN residence AS r ON r.person_id = w.person_id AND r.start_date <= w.day
        AND coalesce(r.end_date, DATE '9999-12-31') >= w.day
    GROUP BY ALL
), deaths AS (
    SELECT person_id, min(death_date) AS day FROM death GROUP BY person_id
), doses AS (
    SELECT person_id, min(start_date) AS day FROM vaccination WHERE agent = 'hpv' GROUP BY person_id
)
SELECT make_date(year(h.day), 1, 1) AS period, known(h.region) AS region, h.sex,
       age_group(years(h.birth_date, h.day)) AS age_group, known(year(h.birth_date)) AS birth_year,
       count(*) AS n, count(*) FILTER (WHERE doses.day <= h.day) AS hits
FROM housed AS h
LEFT JOIN deaths USING (person_id)
LEFT JOIN doses USING (person_id)
WHERE coalesce(deaths.day > h.day, true) AND nullif(h.region, '') IS NOT NULL
GROUP BY ALL
