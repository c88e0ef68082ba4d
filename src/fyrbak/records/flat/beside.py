"""What stands beside each fact: the person's body, other doses of the day, the same drug in the file.

From the tables of :mod:`fyrbak.records.flat.facts` four are made, which the rules of the lint ask:

======== ===================================================================================================
dose     ``given`` with ``kind`` and ``base`` (the dose in g, or in g per m²), what the words state per
         area (``stated`` in ``stated_unit``), the body surface that follows (``implied``, m²), that of the
         body (``area``), that of the next smaller dose of the day (``other``); ``typical`` and ``spread``
         of the same drug in the file (median, and median deviation of logarithms), ``typical_mass`` and
         ``typical_per_area`` with their numbers; the course's days; a radiotherapy it began within
beam     ``irradiated`` in gray and per fraction, also as the words say, with the weekdays of its period
stay     ``record`` with the person's birth and death, a day that its name holds, and whether its code or
         edition was out of use that day (``not_valid``)
quantity every number with a unit: what it measures, and what it should
======== ===================================================================================================
"""
# ruff: noqa: S608 - statements hold the names of this file's own tables

from __future__ import annotations

import duckdb
import pyarrow as pa

from fyrbak.records.fhir.definitions import Validity, systems
from fyrbak.records.flat.units import UnitError, unit

_WITHIN = 60  # days between a dose and the weight that it goes by
_DOSES = ["mass", "amount", "units", "volume", "activity", "number"]
_DOSES += ["mass per area", "units per area", "mass per mass"]
# A number is read only where no other digits stand right before it: "2 400 mg" is not 400 mg.
_NUMBER = r"(?:^|[^0-9 .,])[ ]?([0-9]+(?:[.,][0-9]+)?)"
_PER_AREA = _NUMBER + r"\s*(mg|g|ug|µg|mcg|U|IE|IU)\s*/\s*(?:m2|m²|m\^2|kvm)"
_PER_FRACTION = _NUMBER + r"\s*(c?Gy)\s*(?:/|per|[x×*])\s*(?:fr|[0-9])"
_TIMES = r"[0-9]+\s*[x×*]\s*([0-9]+(?:[.,][0-9]+)?)\s*(c?Gy)"

_VALIDITY = pa.schema(
    [("system", pa.string()), ("edition", pa.string()), ("pattern", pa.string()), ("valid_from", pa.date32()),
     ("valid_to", pa.date32())]
)  # fmt: skip

_STATED = f"""
CREATE TABLE stated AS
SELECT words, TRY_CAST(replace(read.number, ',', '.') AS DOUBLE) AS number,
       CASE read.unit WHEN 'µg' THEN 'ug' WHEN 'mcg' THEN 'ug' WHEN 'IE' THEN '[iU]' WHEN 'IU' THEN '[iU]'
            ELSE read.unit END || '/m2' AS stated_unit
FROM (SELECT words, regexp_extract(words, '{_PER_AREA}', ['number', 'unit']) AS read
      FROM (SELECT DISTINCT words FROM given WHERE words <> '')) WHERE read.number <> ''
"""

_SURFACE = """
CREATE TABLE body AS
SELECT m.person, m.day, m.what, m.value * u.size AS base FROM measured m JOIN unit_read u USING (unit)
WHERE m.value > 0 AND (m.what, u.kind) IN (('weight', 'mass'), ('height', 'length'), ('area', 'area'));
CREATE TABLE surface AS
SELECT person, day, base AS area FROM body WHERE what = 'area'
UNION ALL
-- Mosteller 1987, of the height measured nearest to the weight
SELECT w.person, w.day, sqrt(arg_min(h.base, abs(h.day - w.day)) * 100 * w.base / 1000 / 3600)
FROM body w JOIN body h ON h.person = w.person AND h.what = 'height'
WHERE w.what = 'weight' GROUP BY w.person, w.day, w.base
"""

_DOSE = f"""
CREATE TABLE read_dose AS
SELECT g.*, row_number() OVER () AS number, lower(g.drug) AS substance,
       split_part(g.unit, '/', 1) AS total_unit, u.kind, g.value * u.size AS base,
       s.number AS stated, s.stated_unit, s.number * p.size AS stated_base, p.kind AS stated_kind
FROM given g LEFT JOIN unit_read u USING (unit)
LEFT JOIN stated s ON s.words = g.words LEFT JOIN unit_read p ON p.unit = s.stated_unit;
CREATE TABLE dose AS
WITH near AS (
    SELECT d.number, arg_min(s.area, abs(s.day - d.day)) AS area
    FROM read_dose d JOIN surface s ON s.person = d.person AND abs(s.day - d.day) <= {_WITHIN} GROUP BY ALL
), elsewhere AS (
    SELECT substance, kind, median(base) AS typical, count(*) AS typical_n FROM read_dose
    WHERE base > 0 GROUP BY ALL
), spreads AS (
    SELECT substance, kind, median(abs(ln(base / typical))) AS spread
    FROM read_dose JOIN elsewhere USING (substance, kind) WHERE base > 0 GROUP BY ALL
), by_kind AS (
    SELECT substance, median(base) FILTER (kind = 'mass') AS typical_mass,
           count(*) FILTER (kind = 'mass') AS typical_mass_n,
           median(CASE WHEN kind = 'mass per area' THEN base ELSE stated_base END)
               FILTER (kind = 'mass per area' OR stated_kind = 'mass per area') AS typical_per_area,
           count(*) FILTER (kind = 'mass per area' OR stated_kind = 'mass per area') AS typical_per_area_n
    FROM read_dose WHERE base > 0 GROUP BY ALL
), within AS (
    SELECT d.number, min(i.day) AS beam_day, max(i.last_day) AS beam_last_day
    FROM read_dose d JOIN irradiated i ON i.person = d.person AND i.day < d.day AND d.day < i.last_day
    WHERE NOT EXISTS (
        FROM read_dose e WHERE e.person = d.person AND e.substance = d.substance AND e.day < d.day)
    GROUP BY ALL
), implying AS (
    SELECT d.*, CASE WHEN kind = 'mass' AND stated_kind = 'mass per area' AND stated_base > 0 AND base > 0
                     THEN base / stated_base END AS implied
    FROM read_dose d
)
SELECT d.*, n.area, e.typical, e.typical_n, s.spread, k.typical_mass, k.typical_mass_n, k.typical_per_area,
       k.typical_per_area_n, w.beam_day, w.beam_last_day, c.day AS course_day, c.last_day AS course_last_day,
       lag(implied) OVER (PARTITION BY d.person, d.day, implied IS NULL ORDER BY implied) AS other
FROM implying d LEFT JOIN near n USING (number) LEFT JOIN elsewhere e USING (substance, kind)
LEFT JOIN spreads s USING (substance, kind) LEFT JOIN by_kind k USING (substance)
LEFT JOIN within w USING (number) LEFT JOIN course c ON c.name = d.course
"""

_BEAM = f"""
CREATE TABLE beam AS
WITH read AS (
    SELECT i.*, u.kind, i.value * u.size AS gray,
           CASE WHEN regexp_matches(words, '{_TIMES}')
                THEN regexp_extract(words, '{_TIMES}', ['number', 'unit'])
                ELSE regexp_extract(words, '{_PER_FRACTION}', ['number', 'unit']) END AS told
    FROM irradiated i LEFT JOIN unit_read u USING (unit)
)
SELECT r.* EXCLUDE (told), r.gray / nullif(fractions, 0) AS per_fraction,
       TRY_CAST(replace(told.number, ',', '.') AS DOUBLE) * if(told.unit = 'cGy', 0.01, 1) AS stated,
       coalesce(sessions, fractions) AS times, c.day AS course_day, c.last_day AS course_last_day,
       -- whole weeks have five weekdays; what is left over is counted day by day
       (r.last_day - r.day + 1) // 7 * 5 + len(list_filter(
           range((r.last_day - r.day + 1) % 7), lambda i: isodow(r.day + CAST(i AS INTEGER)) < 6)) AS weekdays
FROM read r LEFT JOIN course c ON c.name = r.course
"""

_STAY = r"""
CREATE TABLE stay AS
SELECT r.*, l.birth, l.death,
       TRY_CAST(regexp_extract(name, '(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]') AS DATE) AS named_day,
       EXISTS (FROM validity v WHERE v.system = r.system AND v.edition IN ('', coalesce(r.edition, ''))
               AND regexp_matches(coalesce(r.code, ''), v.pattern)
               AND (r.day < v.valid_from OR r.day > v.valid_to)) AS not_valid
FROM record r LEFT JOIN (
    SELECT person, min(birth) AS birth, max(death) AS death FROM lifespan GROUP BY person
) l USING (person)
"""

_QUANTITY = f"""
CREATE TABLE quantity AS
SELECT q.*, u.kind, u.nearest, u.kind IS NOT NULL AS known FROM (
    SELECT file, line, name, person, value, unit, drug AS what, {_DOSES!r} AS expected FROM given
    UNION ALL
    SELECT file, line, name, person, value, unit, what,
           CASE what WHEN 'weight' THEN ['mass'] WHEN 'height' THEN ['length'] WHEN 'area' THEN ['area'] END
    FROM measured
    UNION ALL
    SELECT file, line, name, person, value, unit, volume, ['absorbed dose'] FROM irradiated
) q JOIN unit_read u USING (unit) WHERE unit <> ''
"""


def lay_out(database: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the rules ask, from those of the facts."""
    database.execute(_STATED)
    _read_units(database)
    database.register("known_validity", pa.Table.from_pylist([*map(_times, systems().valid)], _VALIDITY))
    database.execute("CREATE TABLE validity AS SELECT * FROM known_validity")
    for statement in (_SURFACE, _DOSE, _BEAM, _STAY, _QUANTITY):
        database.execute(statement)


def _times(one: Validity) -> dict[str, object]:
    return one.model_dump(include=set(_VALIDITY.names))


def _read_units(database: duckdb.DuckDBPyConnection) -> None:
    """Make ``unit_read``: what each unit measures, its size, and what is meant by one that is none."""
    texts = " UNION ".join(f"SELECT unit FROM {table}" for table in ("given", "measured", "irradiated"))
    found: list[tuple[str, str | None, float | None, str | None]] = []
    for (text,) in database.execute(f"{texts} UNION SELECT stated_unit FROM stated").fetchall():
        if text is None:
            continue
        try:
            read = unit(text)
            found.append((text, read.kind, read.size, None))
        except UnitError as error:
            found.append((text, None, None, error.nearest))
    types = (pa.string(), pa.string(), pa.float64(), pa.string())
    names = ("unit", "kind", "size", "nearest")
    columns = zip(*found, strict=True) if found else ((),) * len(names)
    read_units = [pa.array(column, type_) for column, type_ in zip(columns, types, strict=True)]
    database.register("come", pa.table(read_units, names=names))
    database.execute("CREATE TABLE unit_read AS SELECT * FROM come")
    database.unregister("come")
