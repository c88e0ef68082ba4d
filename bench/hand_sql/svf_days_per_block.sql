WITH treated AS (
    SELECT * FROM episode
    WHERE outcome = 'treated' AND treatment IS DISTINCT FROM 'avslutande_samtal' AND days IS NOT NULL
      AND end_date <= DATE '{as_of}'
), parts AS (
    SELECT *, 'start_visit' AS block, visit_date - start_date AS length FROM treated
    UNION ALL SELECT *, 'visit_conference', conference_date - visit_date FROM treated
    UNION ALL SELECT *, 'conference_decision', decision_date - conference_date FROM treated
    UNION ALL SELECT *, 'decision_treatment', end_date - decision_date FROM treated
)
SELECT date_trunc('month', end_date)::DATE AS period, known(region) AS region, known(hospital) AS hospital,
       known(pathway) AS pathway, known(sex) AS sex, age_group(age) AS age_group, block, length AS days,
       count(*) AS n
FROM parts WHERE length >= 0
GROUP BY ALL
