-- Quantiles of one forecast must rise, and none may be negative.
-- table: marts.forecasts
select series, model, horizon_days, quantile from (
  select *, lag(value_usd_per_mtok) over (partition by series, model, horizon_days order by quantile) as below from marts.forecasts
) as f where value_usd_per_mtok < below * (1 - 1e-9) or value_usd_per_mtok <= 0
