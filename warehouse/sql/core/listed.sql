-- The believed history as far as somebody still vouches for it. A tracker that nobody obliges to delist (every packaged
-- feed but OpenRouter's own archives) vouches for a host's or cloud's price for a year after it last changed; makers'
-- own list prices stay until a witness ends them. 947 of 4,494 "prices" had last been touched over a year ago.
select interval_id, offer_id,
       case when origin = 'packaged' and provider_tier <> 'first_party' and source <> 'openrouter'
            then least(coalesce(valid_to, date '9999-12-31'), valid_from + 365) else valid_to end as listed_to
from core.price_interval
