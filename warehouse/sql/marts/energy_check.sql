-- How far the engine's joules per output token are from measured ones, per source and boundary; the last row of a boundary is all of it.
select coalesce(source, 'all sources') as source, boundary, count(*) as runs_count, count(energy_j_per_token) as answered_count,
       median(abs(error_share)) as median_error_share, median(error_share) as bias_share,
       avg((abs(error_share) <= 0.25)::int) as within_quarter_share,
       avg((measured_energy_j_per_token between energy_lower_j_per_token and energy_upper_j_per_token)::int) as coverage_share
from engine.check_energy group by grouping sets ((source, boundary), (boundary))
