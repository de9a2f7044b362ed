-- Names under which a priced model is known on the vintage day wherever it is sold; a seller's own meanings are in core.model_alias.
select a.alias, a.model
from core.model_alias as a cross join (select as_of from core.vintage) as day
where a.provider = '*' and a.alias <> a.model and coalesce(a.valid_from, date '0001-01-01') <= day.as_of and coalesce(a.valid_to, date '9999-12-31') > day.as_of
  and exists (select 1 from core.price_interval as i where i.model = a.model)
