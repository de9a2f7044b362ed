-- Each lever beside the essay's claim for it: what was measured (10 to 90 %), and what the engine says of the same cases.
with claimed as (
  select * from (values ('quantization', 'C4'), ('speculative decoding', 'C7'), ('all levers', 'C12'), ('serving software', 'C11')) as pairs(lever, claim_id)
)
select e.* exclude (source), c.claim_id, k.claimed_value, k.claimed_low as claimed_low_factor, k.claimed_high as claimed_high_factor, e.source
from engine.lever_evidence as e
left join claimed as c on c.lever = e.lever and (c.claim_id != 'C4' or e.technique similar to '.*to (int4.*|q4.*)')
left join core.claim as k on k.claim_id = c.claim_id
