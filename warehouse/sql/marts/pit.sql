-- Where outcomes fell within the issued distributions: flat when the intervals are honest.
select model, horizon_days, bin_low_share as bin_lower, bin_high_share as bin_upper, bin_share from stats.pit
