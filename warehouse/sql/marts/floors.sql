-- Both floors of every frontier series at the vintage day and one to three years on, with their own trends.
select s.series, f.floor_kind, (v.as_of + (365 * t.years)::integer)::date as obs_date,
       f.mode_usd_per_mtok / pow(f.cost_factor_mode_per_year, t.years) as floor_usd_per_mtok,
       f.low_usd_per_mtok / pow(f.cost_factor_high_per_year, t.years) as floor_lower_usd_per_mtok,
       f.high_usd_per_mtok / pow(f.cost_factor_low_per_year, t.years) as floor_upper_usd_per_mtok
from stats.series_floor as f join core.series as s on s.series_id = f.series_id
cross join core.vintage as v cross join (select unnest([0, 1, 2, 3]) as years) as t
