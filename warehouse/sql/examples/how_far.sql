-- How far is the price from the cost of rented hardware, and from the cost of electricity?
select * from marts.floor_gap order by price_to_gpu_hour_floor_ratio limit 20
