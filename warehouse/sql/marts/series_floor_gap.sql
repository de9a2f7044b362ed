-- Every frontier series today: its price against both floors of the cheapest open model that reaches the quality.
select s.series, g.model, i.accelerator, f.price_robust_usd_per_mtok as price_usd_per_mtok,
       g.mode_usd_per_mtok as gpu_hour_floor_usd_per_mtok, g.low_usd_per_mtok as gpu_hour_floor_lower_usd_per_mtok, g.high_usd_per_mtok as gpu_hour_floor_upper_usd_per_mtok,
       e.mode_usd_per_mtok as energy_floor_usd_per_mtok, e.low_usd_per_mtok as energy_floor_lower_usd_per_mtok, e.high_usd_per_mtok as energy_floor_upper_usd_per_mtok,
       f.price_robust_usd_per_mtok / g.mode_usd_per_mtok as price_to_gpu_hour_floor_ratio, f.price_robust_usd_per_mtok / g.high_usd_per_mtok as price_to_gpu_hour_floor_lower_ratio,
       f.price_robust_usd_per_mtok / g.low_usd_per_mtok as price_to_gpu_hour_floor_upper_ratio, f.price_robust_usd_per_mtok / e.mode_usd_per_mtok as price_to_energy_floor_ratio,
       f.price_robust_usd_per_mtok / e.high_usd_per_mtok as price_to_energy_floor_lower_ratio, f.price_robust_usd_per_mtok / e.low_usd_per_mtok as price_to_energy_floor_upper_ratio,
       (select value from core.definition where definition_id = 'reference.speed') as speed_tok_per_s
from stats.series_floor as g
join core.series as s on s.series_id = g.series_id
join marts.frontier as f on f.series_id = g.series_id
join core.vintage as v on f.obs_date = v.as_of
left join stats.series_floor as e on e.series_id = g.series_id and e.floor_kind = 'energy'
left join core.input_floor as i on i.model = g.model and i.floor_kind = 'gpu_hour'
where g.floor_kind = 'gpu_hour'
