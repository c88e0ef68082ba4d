SELECT date_trunc('month', end_date)::DATE AS period, known(region) AS region, known(hospital) AS hospital,
       known(pathway) AS pathway, known(sex) AS sex, age_group(age) AS age_group, days, count(*) AS n
FROM episode
WHERE outcome = 'treated' AND treatment IS DISTINCT FROM 'avslutande_samtal' AND days >= 0
  AND end_date <= DATE '{as_of}'
GROUP BY ALL
