-- What a number of tokens costs at every seller of a model, cheapest first: input_tokens includes the cached ones. A
-- total is null where one of its prices is not known; nothing is guessed. on_day (default: the vintage day) asks an
-- earlier day; status and confirmed_at say how each price is known and when it was last seen.
-- call: from marts.bill('gpt-4o', input_tokens := 300e6, output_tokens := 50e6)
CREATE OR REPLACE MACRO marts.bill(name, input_tokens := 0, output_tokens := 0, cached_tokens := 0, buying := 'standard', on_day := NULL) AS TABLE
  WITH asked AS (
    SELECT coalesce(CAST(on_day AS DATE), (SELECT max(as_of) FROM core.vintage)) AS the_day, CAST(input_tokens AS DOUBLE) AS tokens_in,
           CAST(output_tokens AS DOUBLE) AS tokens_out, CAST(cached_tokens AS DOUBLE) AS tokens_cached
  ),
  names AS (FROM marts.meant(name, day := on_day)),
  offers AS (
    SELECT h.*, q.*
    FROM marts.price_history AS h CROSS JOIN asked AS q
    WHERE h.tier = buying AND h.condition = '' AND coalesce(h.valid_from, DATE '0001-01-01') <= q.the_day AND coalesce(h.valid_to, DATE '9999-12-31') > q.the_day
      AND h.model = coalesce((SELECT min(o.model) FROM names AS o WHERE o.provider = h.provider), (SELECT min(o.model) FROM names AS o WHERE o.provider = '*'))
  )
  SELECT o.provider AS provider, o.model AS model,
         ((o.tokens_in - o.tokens_cached) * o.price_input_usd_per_mtok
          + CASE WHEN o.tokens_cached > 0 THEN o.tokens_cached * o.price_cached_input_usd_per_mtok ELSE 0 END
          + CASE WHEN o.tokens_out > 0 THEN o.tokens_out * o.price_output_usd_per_mtok ELSE 0 END) / 1e6 AS cost_usd,
         o.price_input_usd_per_mtok AS price_input_usd_per_mtok, o.price_cached_input_usd_per_mtok AS price_cached_input_usd_per_mtok,
         o.price_output_usd_per_mtok AS price_output_usd_per_mtok, o.status AS status, o.valid_from AS valid_from, o.confirmed_at AS confirmed_at,
         o.source AS source, o.interval_id AS interval_id
  FROM offers AS o ORDER BY cost_usd NULLS LAST, o.provider
