-- 3. Which sellers cut most prices since the start of 2026, and by how much in the middle?
select provider, count(*) filter (kind = 'cut') as cuts, count(*) filter (kind = 'rise') as rises, count(*) as offers_on_both_days,
       median(change_share) filter (kind = 'cut') as median_cut_share
from marts.price_changes_since('2026-01-01') group by provider having cuts > 0 order by cuts desc, provider
