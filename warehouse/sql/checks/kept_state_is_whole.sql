-- severity: warn
-- table: core.damage
-- Every file that is kept for ever is as it was written; what is damaged is named with what is lost and what to do.
select subject, reason from core.damage
