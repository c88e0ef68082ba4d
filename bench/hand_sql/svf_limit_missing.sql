SELECT date_trunc('month', end_date)::DATE AS period, known(region) AS region, known(hospital) AS hospital,
       known(pathway) AS pathway, known(sex) AS sex, age_group(age) AS age_group,
       count(*) AS n, count(*) FILTER (WHERE NOT judged) AS hits
FROM episode
WHERE outcome = 'treated' AND days IS NOT NULL AND (judged OR coalesce(age, 18) >= 18) AND end_date <= DATE '{as_of}'
GROUP BY ALL
