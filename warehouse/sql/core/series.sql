-- Names of the frontier series as readers see them; the headline series leads the report.
select distinct series_id, scale, threshold_score,
       case scale when 'gpqa_diamond' then 'GPQA-Diamond at least ' || printf('%g', threshold_score) || ' %'
                  when 'mmlu' then 'MMLU at least ' || printf('%g', threshold_score) || ' %'
                  when 'eci' then 'Epoch capabilities index at least ' || printf('%g', threshold_score)
                  when 'elo' then 'LMArena Elo at least ' || printf('%g', threshold_score)
                  else scale || ' at least ' || printf('%g', threshold_score) end
         || case when blend = m.name then '' when blend = 'output' then ' (output tokens)' else ' (' || blend || ')' end
         || case provider_tier when 'all' then '' else ', ' || replace(provider_tier, '_', ' ') end as series,
       scale = (select text_value from core.definition where definition_id = 'headline.scale') and threshold_score = (select value from core.definition where definition_id = 'headline.threshold')
         and provider_tier = 'all' and blend = m.name as is_headline,
       provider_tier, blend
from stats.frontier_price
cross join (select printf('%gto1', value) as name from core.definition where definition_id = 'blend.input_per_output') as m
