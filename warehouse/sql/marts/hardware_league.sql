-- Accelerators side by side: dollars and joules per output token for the league's models, each loaded with as many
-- requests as leave every user the stated tokens per second (1,024 tokens in and out). Who cannot reach it has no row.
-- The rank is by the published cost of owning alone; reserved and on-demand costs stand beside it and are never mixed in.
select accelerator, vendor, model, precision, memory_gb, bandwidth_gb_per_s, rental_usd_per_hour, throughput_tok_per_s,
       throughput_lower_tok_per_s, throughput_upper_tok_per_s, measured_tok_per_s, cost_usd_per_mtok, cost_lower_usd_per_mtok,
       cost_upper_usd_per_mtok, cost_reserved_usd_per_mtok, cost_on_demand_usd_per_mtok, energy_j_per_token, rental_date, replace(basis, 'quoted: ', '') as basis,
       service_level_tok_s_per_user, user_tok_per_s, isl, osl, accelerators, prefill_accelerators, batch, bound,
       cost_rank, tied_count
from engine.league
