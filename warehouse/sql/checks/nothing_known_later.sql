-- No row may have been observed after the vintage day: that would be hindsight.
-- table: marts.price_history
select interval_id from marts.price_history, core.vintage where observed_at > as_of
