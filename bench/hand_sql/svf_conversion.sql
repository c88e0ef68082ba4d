SELECT date_trunc('month', end_date)::DATE AS period, known(region) AS region, known(hospital) AS hospital,
       known(pathway) AS pathway, known(sex) AS sex, age_group(age) AS age_group,
       count(*) AS n,
       count(*) FILTER (WHERE outcome = 'treated' AND treatment IS DISTINCT FROM 'avslutande_samtal') AS hits
FROM episode
WHERE outcome <> 'open' AND end_point IS DISTINCT FROM '70' AND end_date <= DATE '{as_of}'
GROUP BY ALL
