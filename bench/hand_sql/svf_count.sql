SELECT date_trunc('month', start_date)::DATE AS period, known(start_region) AS region, known(hospital) AS hospital,
       known(pathway) AS pathway, known(sex) AS sex, age_group(age) AS age_group, count(*) AS n
FROM episode
WHERE end_point IS DISTINCT FROM '70' AND start_date <= DATE '{as_of}'
GROUP BY ALL
