-- 6. How many output tokens does a joule make on an H100 and on an MI300X?
select accelerator, model, 1 / energy_j_per_token as tokens_per_joule, rental_date from marts.hardware_league
where accelerator in ('H100-SXM', 'MI300X') and energy_j_per_token > 0 order by model, accelerator
