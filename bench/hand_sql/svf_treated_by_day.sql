WITH followed AS (
    SELECT *, coalesce(end_date, DATE '{as_of}') - start_date AS length
    FROM episode
    WHERE coalesce(age >= 18, true) AND end_point IS DISTINCT FROM '70' AND start_date <= DATE '{as_of}'
      AND NOT EXISTS (
          SELECT 1 FROM finding
          WHERE finding.rule = 'date_not_exact' AND finding.episode_key = episode.episode_key
      )
)
SELECT date_trunc('month', start_date)::DATE AS period, known(region) AS region, known(hospital) AS hospital,
       known(pathway) AS pathway, known(sex) AS sex, age_group(age) AS age_group, length AS days,
       count(*) AS n, count(*) FILTER (WHERE outcome = 'treated') AS hits
FROM followed WHERE length >= 0
GROUP BY ALL
