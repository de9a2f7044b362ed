-- The forecasts of record alone: what the report draws and states.
select series, model, cutoff, horizon_days, target_date, quantile, value_usd_per_mtok, is_champion, forecast_id, series_id
from marts.forecasts where is_champion
