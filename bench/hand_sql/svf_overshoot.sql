SELECT date_trunc('month', end_date)::DATE AS period, known(region) AS region, known(hospital) AS hospital,
       known(pathway) AS pathway, known(sex) AS sex, age_group(age) AS age_group, bands.band,
       count(*) AS n, count(*) FILTER (WHERE overshoot > above AND overshoot <= upto) AS hits
FROM episode
CROSS JOIN (VALUES ('0-25', 0, 0.25), ('25-50', 0.25, 0.5), ('50-75', 0.5, 0.75), ('75+', 0.75, 1e9))
    AS bands(band, above, upto)
WHERE outcome = 'treated' AND judged AND end_date <= DATE '{as_of}'
GROUP BY ALL
