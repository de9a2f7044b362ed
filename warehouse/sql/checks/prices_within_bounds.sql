-- A price in force above 2,000 or below 0 USD per million tokens, or an output far below its input, is an error.
-- table: marts.price_now
select * from marts.price_now
where price_output_usd_per_mtok > 2000 or price_input_usd_per_mtok > 2000 or price_input_usd_per_mtok < 0
