-- An edition without its headline rate is not published.
-- table: facts.fact
select as_of from core.vintage
where as_of >= date '2024-07-01' and not exists (select 1 from facts.fact where fact_id = 'headline.decline_factor' and value is not null)
