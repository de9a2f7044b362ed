-- What each lever is worth: Shapley shares over all 32 combinations, first-in and last-in beside them.
select lever, shapley_factor, first_in_factor, last_in_factor, shapley_share, scenario from engine.stack
