-- Which offer is the cheapest way to buy a fixed quality today?
select series, model, provider, price_robust_usd_per_mtok from marts.frontier
where obs_date = (select as_of from core.vintage) order by series
