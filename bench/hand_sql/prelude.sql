-- What an analyst would set up once: the current truth of each table, and the groups that numbers are told by.
CREATE OR REPLACE MACRO known(word) AS coalesce(nullif(CAST(word AS VARCHAR), ''), 'unknown');
CREATE OR REPLACE MACRO age_group(age) AS CASE
    WHEN age IS NULL THEN 'unknown' WHEN age < 18 THEN '0-17' WHEN age < 40 THEN '18-39'
    WHEN age < 50 THEN '40-49' WHEN age < 60 THEN '50-59' WHEN age < 70 THEN '60-69'
    WHEN age < 80 THEN '70-79' ELSE '80+' END;
CREATE OR REPLACE MACRO years(born, day) AS
    year(day) - year(born) - CAST(month(day) * 100 + day(day) < month(born) * 100 + day(born) AS INT);
