-- Coverage of new models by the joint quality scale: the headline is dated to the last day with half of them scored.
select day, entrants_count, scored_count, scored_share
from stats.score_coverage
