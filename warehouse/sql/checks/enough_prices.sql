-- A day with fewer than 400 offers in force (50 before 2024-07) is not a day to publish; where no price was seen for
-- freshness.in_force days none is in force, and the edition says so instead.
-- table: marts.price_now
select n from (select count(*) as n from marts.price_now) as counted, core.edition_day, core.definition
where definition_id = 'freshness.in_force' and age_days <= value
  and n < case when as_of >= date '2024-07-01' then 400 when as_of >= date '2024-01-01' then 50 else 1 end
