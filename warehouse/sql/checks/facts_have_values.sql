-- A fact is a number or words, has a source query, and its interval contains its value.
-- table: facts.fact
select fact_id from facts.fact
where (value is null and text_value is null) or sql is null or lower > value + 1e-9 or upper < value - 1e-9
