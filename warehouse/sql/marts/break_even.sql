-- Renting an accelerator against buying tokens: from which monthly volume, at which utilisation.
select model, accelerator, api_usd_per_mtok, self_host_usd_per_mtok, utilisation_share, break_even_mtok_per_month,
       break_even_low_mtok_per_month as break_even_lower_mtok_per_month,
       break_even_high_mtok_per_month as break_even_upper_mtok_per_month, verdict, inputs
from stats.break_even
