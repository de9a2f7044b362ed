-- How the headline was revised: the year to an earlier vintage as first computed and as computed today.
select vintage_day, first_factor_per_year, latest_factor_per_year, revision_log
from stats.headline_revision
