-- The chain of a fact down to source, date and words.
-- call: from marts.trace('headline.decline_factor')
CREATE OR REPLACE MACRO marts.trace(fact) AS TABLE
  SELECT ordinal, kind, id, text_value, source, source_url, observed_at, evidence, snapshot_sha256
  FROM facts.lineage WHERE fact_id = fact ORDER BY ordinal
