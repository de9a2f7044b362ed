-- The deflation stacks as the report shows them: each model size and service level with its total; the one it draws comes first.
select lever, shapley_factor, first_in_factor, last_in_factor, shapley_share, scenario, model, service_level_tok_s_per_user,
       total_factor, dense_rank() over (order by scenario <> '70B, chat speed', service_level_tok_s_per_user, model) as "order"
from engine.stack
