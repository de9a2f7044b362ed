-- What share of an application's price its model cost is: the margin of a thin wrapper, at the newest day.
select application, price_usd_per_month, model_cost_usd_per_month, model_cost_share, margin_share, 'derived' as basis, inputs
from (select *, row_number() over (partition by application order by day desc) as newest from stats.wrapper_margin) as rows
where newest = 1
