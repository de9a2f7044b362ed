-- How each source is on the vintage day; a source never read here rests on packaged facts. Printed names of
-- accelerators that nobody has mapped are counted in the message (core.unmapped_accelerator lists them). A source that is
-- asked and whose reader was never held against a body of the served shape is called unproven until it has been read live.
with unmapped as (
  select source, count(*) || ' printed accelerators are not mapped: ' || string_agg(accelerator_label, ', ' order by accelerator_label) filter (place <= 3)
         || case when count(*) > 3 then ' ...' else '' end as said
  from (select *, row_number() over (partition by source order by accelerator_label) as place from core.unmapped_accelerator) as placed
  group by source
)
select s.source, s.kind, s.origin, case when s.status = 'absent' then 'packaged' else s.status end as status,
       s.observed_at, s.age_days, s.rows, s.left_out_count, concat_ws(' ', nullif(s.message, ''), u.said,
                 case when s.is_unproven and s.status in ('absent', 'failed') then 'unproven: its reader was never held against a page as it is served' end) as message
from core.source as s left join unmapped as u on u.source = s.source
