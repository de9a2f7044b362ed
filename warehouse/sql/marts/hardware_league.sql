-- Accelerators side by side: dollars and joules per output token for the league's models at 50 tokens/s per user.
select accelerator, vendor, model, precision, memory_gb, bandwidth_gb_per_s, rental_usd_per_hour, throughput_tok_per_s, cost_usd_per_mtok,
       energy_j_per_token, rental_date, replace(basis, 'quoted: ', '') as basis
from engine.league
