-- Serving a model on n rented accelerators of one kind against buying the same tokens: what a month costs (730 hours of
-- rent, used or not), how many output tokens it can make at that load, the price per million tokens at the asked volume, the
-- cheapest listed output price of the model, and from which volume renting is cheaper. Rent is the median of core.hourly
-- unless given; concurrency NULL carries as many requests as memory holds.
-- call: from self_host(model := 'Llama-3.3-70B', accelerator := 'H100-SXM', n := 8, tokens_per_month := 2e9)
CREATE OR REPLACE MACRO self_host(model := NULL, accelerator := NULL, n := NULL, tokens_per_month := NULL, concurrency := 64, weight_precision := NULL,
                                  isl := 1024, osl := 1024, usd_per_accelerator_hour := NULL) AS TABLE
  WITH served AS (
    FROM throughput(model := model, accelerator := accelerator, n_accelerators := n, weight_precision := weight_precision, concurrency := concurrency,
                    isl := isl, osl := osl)
  ),
  names AS (
    SELECT m.model AS model FROM marts.meant(CAST(model AS VARCHAR)) AS m UNION SELECT m.model FROM marts.meant(CAST(model AS VARCHAR) || '-instruct') AS m
    UNION SELECT m.model FROM marts.meant(CAST(model AS VARCHAR) || '-it') AS m
  ),
  sold AS (
    SELECT min(p.price_output_usd_per_mtok) AS price, arg_min(p.provider, p.price_output_usd_per_mtok) AS seller,
           arg_min(p.confirmed_at, p.price_output_usd_per_mtok) AS seen
    FROM marts.price_now AS p WHERE p.model IN (SELECT o.model FROM names AS o) AND p.tier = 'standard' AND p.condition = '' AND p.price_output_usd_per_mtok > 0
  ),
  cost AS (
    SELECT s.*, coalesce(CAST(usd_per_accelerator_hour AS DOUBLE), h.usd_per_accelerator_hour) AS rent, h.rental_date AS rent_day,
           coalesce(CAST(usd_per_accelerator_hour AS DOUBLE), h.usd_per_accelerator_hour) * s.accelerators * 730 AS month_usd,
           s.output_tok_s * 3600 * 730 / 1e6 AS capacity_mtok
    FROM served AS s LEFT JOIN core.hourly AS h ON h.accelerator = s.accelerator
  )
  SELECT c.model AS model, c.accelerator AS accelerator, c.accelerators AS accelerators, c.weight_precision AS weight_precision, c.rent AS usd_per_accelerator_hour,
         c.rent_day AS rental_date, c.month_usd AS cost_usd_per_month, c.capacity_mtok AS capacity_mtok_per_month, c.tok_s_per_user AS tok_s_per_user,
         c.month_usd / least(coalesce(CAST(tokens_per_month AS DOUBLE) / 1e6, c.capacity_mtok), c.capacity_mtok) AS self_host_usd_per_mtok,
         o.price AS api_usd_per_mtok, o.seller AS api_provider, o.seen AS api_confirmed_at, c.month_usd / o.price AS break_even_mtok_per_month,
         CASE WHEN o.price IS NULL OR c.month_usd IS NULL THEN 'not known' WHEN c.month_usd / o.price > c.capacity_mtok THEN 'api'
              WHEN tokens_per_month IS NULL THEN 'depends on volume' WHEN CAST(tokens_per_month AS DOUBLE) / 1e6 > c.capacity_mtok THEN 'more accelerators needed'
              WHEN CAST(tokens_per_month AS DOUBLE) / 1e6 >= c.month_usd / o.price THEN 'self-hosting' ELSE 'api' END AS verdict
  FROM cost AS c CROSS JOIN sold AS o ORDER BY self_host_usd_per_mtok NULLS LAST
