-- Every offer that was sold on a day and is sold on the vintage day, with its price on both and the change: cut, rise or same.
-- It compares two believed states and knows nothing of what happened between them; marts.price_events lists the moves.
-- call: from marts.price_changes_since('2026-01-01')
CREATE OR REPLACE MACRO marts.price_changes_since(since) AS TABLE
  WITH held AS (
    SELECT h.*, coalesce(h.valid_from, DATE '0001-01-01') AS begun, coalesce(h.valid_to, DATE '9999-12-31') AS ended FROM marts.price_history AS h
  ),
  earlier AS (SELECT * FROM held WHERE begun <= CAST(since AS DATE) AND ended > CAST(since AS DATE)),
  pairs AS (
    SELECT n.provider AS provider, n.model AS model, n.tier AS tier, n.condition AS condition, e.price_input_usd_per_mtok AS input_before_usd_per_mtok,
           n.price_input_usd_per_mtok AS input_after_usd_per_mtok, e.price_output_usd_per_mtok AS output_before_usd_per_mtok,
           n.price_output_usd_per_mtok AS output_after_usd_per_mtok, n.price_output_usd_per_mtok / nullif(e.price_output_usd_per_mtok, 0) - 1 AS change_share,
           n.status AS status, n.confirmed_at AS confirmed_at
    FROM marts.price_now AS n JOIN earlier AS e ON e.provider = n.provider AND e.model = n.model AND e.tier = n.tier AND e.condition = n.condition
  )
  SELECT *, CASE WHEN change_share < -1e-9 THEN 'cut' WHEN change_share > 1e-9 THEN 'rise' WHEN change_share IS NULL THEN 'not known' ELSE 'same' END AS kind
  FROM pairs ORDER BY change_share NULLS LAST, provider, model
