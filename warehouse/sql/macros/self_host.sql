-- Serving a model on n rented accelerators of one kind against buying the same tokens: what a month costs (730 hours of rent,
-- used or not), how many output tokens it makes, each with its input (isl : osl of marts.throughput), the price per million output
-- tokens at the asked volume, what the cheapest listed seller asks for the same input and output, and from which volume renting is
-- cheaper. Every user sees at least tok_s_per_user; the weights are in the model's own format unless one is given; rent is the median
-- of core.hourly unless given; n NULL is the fewest accelerators. For other lengths and loads ask throughput(...).
-- call: from self_host(model := 'Llama-3.3-70B', accelerator := 'H100-SXM', n := 8, tokens_per_month := 2e9)
CREATE OR REPLACE MACRO self_host(model := NULL, accelerator := NULL, n := NULL, tokens_per_month := NULL, tok_s_per_user := 20,
                                  weight_precision := NULL, usd_per_accelerator_hour := NULL) AS TABLE
  WITH chips AS (
    SELECT a.accelerator AS chip, h.rental_date AS rent_day, coalesce(CAST(usd_per_accelerator_hour AS DOUBLE), h.usd_per_accelerator_hour) AS rent
    FROM core.accelerators AS a LEFT JOIN core.hourly AS h ON h.accelerator = a.accelerator WHERE is_named(a.accelerator, a.aliases, accelerator)
  ),
  weights AS (
    SELECT m.model AS served, m.native_weight_precision AS native FROM core.architectures AS m WHERE is_named(m.model, m.aliases, model)
  ),
  names AS (
    SELECT m.model AS sold_as FROM marts.meant(CAST(model AS VARCHAR)) AS m UNION SELECT m.model FROM marts.meant(CAST(model AS VARCHAR) || '-instruct') AS m
    UNION SELECT m.model FROM marts.meant(CAST(model AS VARCHAR) || '-it') AS m
  ),
  fitting AS (
    SELECT t.*, c.rent, c.rent_day, coalesce(CAST(n AS BIGINT), t.accelerators) AS rented
    FROM marts.throughput AS t JOIN chips AS c ON c.chip = t.accelerator JOIN weights AS w ON w.served = t.model
    WHERE t.service_level_tok_s_per_user >= tok_s_per_user AND t.accelerators <= coalesce(CAST(n AS BIGINT), t.accelerators)
      AND t.precision = coalesce(lower(CAST(weight_precision AS VARCHAR)), t.precision)
    QUALIFY row_number() OVER (PARTITION BY t.model, t.accelerator
                               ORDER BY t.service_level_tok_s_per_user, t.precision = w.native DESC, t.throughput_tok_per_s DESC) = 1
  ),
  cost AS (
    SELECT f.*, f.rent * f.rented * 730 AS month_usd,
           f.throughput_tok_per_s * f.accelerators * (f.rented // f.accelerators) * 3600 * 730 / 1e6 AS capacity_mtok
    FROM fitting AS f
  ),
  priced AS (
    SELECT c.*, o.price, o.seller, o.seen
    FROM cost AS c LEFT JOIN LATERAL (
      SELECT min(p.price_output_usd_per_mtok + p.price_input_usd_per_mtok * c.isl / c.osl) AS price,
             arg_min(p.provider, p.price_output_usd_per_mtok + p.price_input_usd_per_mtok * c.isl / c.osl) AS seller,
             arg_min(p.confirmed_at, p.price_output_usd_per_mtok + p.price_input_usd_per_mtok * c.isl / c.osl) AS seen
      FROM marts.price_now AS p
      WHERE p.model IN (SELECT s.sold_as FROM names AS s) AND p.tier = 'standard' AND p.condition = '' AND p.price_output_usd_per_mtok > 0
    ) AS o ON true
  )
  SELECT * FROM (SELECT c.model AS model, c.accelerator AS accelerator, c.rented AS accelerators, c.precision AS weight_precision,
         c.service_level_tok_s_per_user AS service_level_tok_s_per_user, c.isl AS isl, c.osl AS osl, c.rent AS usd_per_accelerator_hour, c.rent_day AS rental_date,
         c.month_usd AS cost_usd_per_month, c.capacity_mtok AS capacity_mtok_per_month, c.user_tok_per_s AS tok_s_per_user,
         c.month_usd / least(coalesce(CAST(tokens_per_month AS DOUBLE) / 1e6, c.capacity_mtok), c.capacity_mtok) AS self_host_usd_per_mtok,
         c.price AS api_usd_per_mtok, c.seller AS api_provider, c.seen AS api_confirmed_at, c.month_usd / c.price AS break_even_mtok_per_month,
         CASE WHEN c.price IS NULL OR c.month_usd IS NULL THEN 'not known' WHEN c.month_usd / c.price > c.capacity_mtok THEN 'api'
              WHEN tokens_per_month IS NULL THEN 'depends on volume' WHEN CAST(tokens_per_month AS DOUBLE) / 1e6 > c.capacity_mtok THEN 'more accelerators needed'
              WHEN CAST(tokens_per_month AS DOUBLE) / 1e6 >= c.month_usd / c.price THEN 'self-hosting' ELSE 'api' END AS verdict
  FROM priced AS c
  UNION ALL BY NAME
  SELECT CAST(model AS VARCHAR) AS model, CAST(accelerator AS VARCHAR) AS accelerator, CAST(n AS BIGINT) AS accelerators,
         CASE WHEN NOT EXISTS (SELECT 1 FROM weights) THEN 'no model of that name; see core.architectures'
              WHEN NOT EXISTS (SELECT 1 FROM chips) THEN 'no accelerator of that name; see core.accelerators'
              ELSE 'does not fit on so few, or not at that speed or in that format; see marts.throughput' END AS verdict
  WHERE NOT EXISTS (SELECT 1 FROM fitting)
  ) ORDER BY self_host_usd_per_mtok NULLS LAST
