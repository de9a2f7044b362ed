-- No source may open or extend a price beyond its own last sighting.
-- table: marts.price_history
select interval_id, valid_from, confirmed_at from marts.price_history where confirmed_at < valid_from
