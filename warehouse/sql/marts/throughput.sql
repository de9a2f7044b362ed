-- Every packaged open model x accelerator x weight format that fits, at 20, 50 and 100 tokens/s per user: the layout
-- and batch with the most tokens per accelerator; dollars from rental prices where there is one.
select s.model, a.canonical_model, s.accelerator, c.vendor, s.precision, s.service_level_tok_s_per_user, s.accelerators, s.tensor_parallel,
       s.data_parallel, s.pipeline_parallel, s.isl, s.osl, s.batch, s.throughput_tok_per_s, s.throughput_lower_tok_per_s,
       s.throughput_upper_tok_per_s, s.user_tok_per_s, s.ttft_ms, s.tpot_ms, s.cost_usd_per_mtok, s.cost_input_usd_per_mtok,
       s.cost_output_usd_per_mtok, s.energy_j_per_token, s.energy_j_per_input_token, s.energy_j_per_output_token, s.power_w, s.bound,
       s.mbu_share, s.mfu_share
from engine.serving as s
join core.architectures as a on a.model = s.model
join core.accelerators as c on c.accelerator = s.accelerator
