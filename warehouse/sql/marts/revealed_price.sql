-- What an average token cost on a gateway of web applications, as its shares of spend and tokens reveal; direction, not a level.
select period_start, revealed_usd_per_mtok, revealed_low_usd_per_mtok, revealed_high_usd_per_mtok, models_count, spend_share
from stats.revealed_price
