-- The same of earlier vintages, as issued: of the last one every quantile, of those before it the median.
select coalesce(s.series, f.series_id) as series, f.model, f.vintage as cutoff, f.horizon_days, f.target_date,
       f.quantile, f.value_usd_per_mtok, f.is_champion, f.forecast_id, f.series_id
from core.issued_forecast as f left join core.series as s on s.series_id = f.series_id
where f.is_champion
