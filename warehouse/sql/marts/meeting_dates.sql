-- When price meets its floor, conditional on a stated trend, with the probability of never.
select s.series, m.floor_kind, m.scenario, m.price_factor_per_year, m.outcome, m.deadline, m.probability_share, m.median_date
from stats.meeting_date as m join core.series as s on s.series_id = m.series_id
