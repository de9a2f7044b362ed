-- A day with fewer than 400 offers in force (50 before 2024-07) is not a day to publish.
-- table: marts.price_now
select n from (select count(*) as n from marts.price_now) as counted, core.vintage
where n < case when as_of >= date '2024-07-01' then 400 when as_of >= date '2024-01-01' then 50 else 1 end
