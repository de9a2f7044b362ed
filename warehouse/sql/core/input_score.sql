-- Scores as the statistics take them: the best published variant of each model on each version of a benchmark,
-- dated by the day it was first public.
select model, benchmark, benchmark_version, max(score) as score, min(coalesce(first_seen, as_of)) as as_of,
       min(source) as source
from core.score
group by model, benchmark, benchmark_version
