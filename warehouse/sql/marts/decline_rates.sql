-- How many times cheaper in a year: every declared estimator on every index and window, with 90 % intervals.
select coalesce(s.series, case
         when r.index_id = 'hedonic-all-' || (select text_value from core.definition where definition_id = 'headline.scale') then 'all listings'
         when r.index_id = 'hedonic-fresh-' || (select text_value from core.definition where definition_id = 'headline.scale') then 'listed at most one year'
         when r.index_id = 'hedonic-launch-' || (select text_value from core.definition where definition_id = 'headline.scale') then 'launch prices'
         else replace(r.index_id, '-', ', ') end) as series,
       strftime(r.window_from, '%b %Y') || ' - ' || strftime(r.window_to, '%b %Y') as window_label,
       r.window_from as window_start, r.window_to as window_end,
       r.factor_per_year as decline_factor_per_year, r.factor_low_per_year as decline_lower_factor_per_year,
       r.factor_high_per_year as decline_upper_factor_per_year, 0.9 as interval_level,
       r.observations_count as n, r.estimator as method, r.is_headline, r.rate_id
from stats.decline_rate as r left join core.series as s on s.series_id = r.index_id
