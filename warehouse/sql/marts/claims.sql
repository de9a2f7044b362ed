-- The essay's twenty claims held against what is measured, recomputed every day.
select claim_id, claim, claimed_value as claimed_text, measured_value, interval_low as measured_lower,
       interval_high as measured_upper, 0.9 as interval_level, measured_unit, basis, verdict, as_of
from stats.claims
