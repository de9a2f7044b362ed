-- Issued forecasts whose day came, by model and horizon, against no change.
select model, is_champion, horizon_days, mae_log, crps_log, crps_ratio, coverage_50_share, coverage_80_share,
       coverage_90_share, p_value, origins_count as n, label
from stats.track_record_summary
