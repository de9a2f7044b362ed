-- Probabilities of checkable events, each with the past frequency it has to beat.
select s.series, e.event, e.horizon_days, e.target_date, e.threshold_usd_per_mtok, e.probability_share, e.base_rate_share, e.event_id
from stats.event_probability as e join core.series as s on s.series_id = e.series_id
