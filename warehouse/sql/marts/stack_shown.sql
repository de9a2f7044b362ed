-- The deflation stack of the scenario the report draws; the others are in marts.deflation_stack.
select lever, shapley_factor, first_in_factor, last_in_factor, shapley_share, scenario
from marts.deflation_stack where scenario = '70B, chat speed'
