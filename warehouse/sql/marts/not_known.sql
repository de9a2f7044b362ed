-- What this edition does not know, by rule: sections without inputs, and limits of the method.
select 'Cost of closed vendors' as topic,
       'none publishes cost or speed, so a falling price may be margin or engineering' as why,
       'audited cost of revenue per token of a provider' as what_would_tell
union all by name
select 'Prices actually paid' as topic, 'list prices are read; committed-use discounts and credits are private' as why, 'invoices or a panel of buyers' as what_would_tell
union all by name
select 'Quality drift behind one name' as topic, 'an alias can point to another model under the same price' as why, 'dated snapshots and repeated benchmark runs' as what_would_tell
union all by name
select 'Volume of tokens served' as topic,
       'one router and one gateway publish dated volumes; the last complete week held is '
       || coalesce((select max(period_start)::varchar from stats.token_index), 'none')
       || '; no provider publishes its own' as why,
       'a key for the router''s dataset, audited token counts of providers' as what_would_tell
union all by name
select 'Prices since ' || as_of as topic,
       'no price was seen after ' || as_of || ', ' || age_days || ' days before this edition of ' || edition_day || ': every number here is of that day' as why,
       'a source that answers (deflation sources --broken)' as what_would_tell
from core.edition_day where age_days > 0
union all by name
select 'The real day' as topic, 'the day of this edition is the word of the setting ' || clock || ', not of a clock' as why, 'a run without the setting' as what_would_tell
from core.edition_day where clock <> 'system'
union all by name
select 'Quality of new models' as topic,
       (select scored_count || ' of ' || entrants_count || ' models first listed in the 90 days to ' || day
               || ' have a score; half were scored last on '
               || coalesce((select max(day)::varchar from stats.score_coverage where scored_share >= 0.5), 'no day held')
        from stats.score_coverage order by day desc limit 1) as why,
       'scores of new models as they are listed: the boards'' own files, read daily' as what_would_tell
union all by name
select 'Threshold ' || s.series as topic,
       'closed on ' || max(f.day) || ': since then every scored model on sale reaches it, or none is scored on it' as why,
       'scores of weaker models on sale, or a higher threshold' as what_would_tell
from stats.frontier_price as f join core.series as s on s.series_id = f.series_id
where f.provider_tier = 'all'
group by s.series
having max(f.day) < (select as_of from core.vintage)
