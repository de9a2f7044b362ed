"""WHERE ROWS LIVE: the schema, the store, the SQL models, the published file. The only importer of duckdb."""
