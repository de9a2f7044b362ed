-- 7. How wrong were earlier forecasts, against repeating the last price (a ratio below 1 is better)?
select model, is_champion, horizon_days, crps_ratio, mae_log, coverage_90_share, n, label from marts.track_record order by horizon_days, model
