-- A price below a third of its rented cost is more likely a tracker's error than a gift: shown, not fatal.
-- table: marts.floor_gap
-- severity: warn
select model, price_usd_per_mtok, gpu_hour_floor_usd_per_mtok from marts.floor_gap where price_to_gpu_hour_floor_ratio < 0.33
