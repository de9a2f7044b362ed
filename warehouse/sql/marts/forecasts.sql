-- Issued quantiles of every series, model and horizon; is_champion marks the model of record.
select s.series, f.model, f.vintage as cutoff, f.horizon_days, f.target_date, f.quantile, f.value_usd_per_mtok,
       f.is_champion, f.forecast_id, f.series_id
from stats.forecast as f join core.series as s on s.series_id = f.series_id
