-- What will the headline quality cost, with which interval?
select series, horizon_days, target_date, quantile, value_usd_per_mtok from marts.forecasts
where is_champion and quantile in (0.05, 0.5, 0.95) order by series, horizon_days, quantile
