CREATE OR REPLACE VIEW {table} AS
SELECT * FROM read_parquet('{files}') AS one
WHERE NOT EXISTS (
    SELECT 1 FROM read_parquet('{files}') AS newer
    WHERE newer.version > 1 AND newer.record_key = one.record_key AND newer.version > coalesce(one.version, 1)
) AND coalesce(status, 'active') <> 'retracted'
