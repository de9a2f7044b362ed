-- Names of the frontier series as readers see them; the headline series leads the report.
select distinct series_id, scale, threshold_score,
       case scale when 'gpqa_diamond' then 'GPQA-Diamond at least ' || printf('%g', threshold_score) || ' %'
                  when 'mmlu' then 'MMLU at least ' || printf('%g', threshold_score) || ' %'
                  when 'eci' then 'Epoch capabilities index at least ' || printf('%g', threshold_score)
                  when 'elo' then 'LMArena Elo at least ' || printf('%g', threshold_score)
                  else scale || ' at least ' || printf('%g', threshold_score) end
         || case blend when '3to1' then '' when 'output' then ' (output tokens)' else ' (' || blend || ')' end
         || case provider_tier when 'all' then '' else ', ' || replace(provider_tier, '_', ' ') end as series,
       scale = 'gpqa_diamond' and threshold_score = 80 and provider_tier = 'all' and blend = '3to1' as is_headline,
       provider_tier, blend
from stats.frontier_price
