-- How each source is on the vintage day; a source never read here rests on packaged facts.
select source, kind, origin, case when status = 'absent' then 'packaged' else status end as status,
       observed_at, age_days, rows, message
from core.source
