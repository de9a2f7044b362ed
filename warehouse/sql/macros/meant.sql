-- The canonical model that a printed name means at each seller on a day (default: the vintage day). A name that means a
-- model everywhere has the provider '*'; a seller's own meaning of it stands beside. The rules of the form are those of
-- belief/names/aliases.py for plain names: lower case, the path before the last slash dropped, signs between words as dashes.
-- call: from marts.meant('gpt-4o')
CREATE OR REPLACE MACRO marts.meant(name, day := NULL) AS TABLE
  WITH asked AS (
    SELECT trim(regexp_replace(regexp_replace(lower(trim(CAST(name AS VARCHAR))), '^.*/', ''), '[ _.:@,]+', '-', 'g'), '-') AS form,
           coalesce(CAST(day AS DATE), (SELECT max(as_of) FROM core.vintage)) AS on_day
  )
  SELECT DISTINCT a.provider AS provider, a.model AS model
  FROM core.model_alias AS a, asked AS q
  WHERE a.alias = q.form AND coalesce(a.valid_from, DATE '0001-01-01') <= q.on_day AND coalesce(a.valid_to, DATE '9999-12-31') > q.on_day
  UNION
  SELECT '*' AS provider, q.form AS model FROM asked AS q
  WHERE NOT EXISTS (SELECT 1 FROM core.model_alias AS b WHERE b.alias = q.form) AND EXISTS (SELECT 1 FROM core.price_interval AS i WHERE i.model = q.form)
