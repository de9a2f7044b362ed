-- 2. What did 300 million tokens in and 50 million out cost with gpt-4o at its maker in May 2024, and what on the vintage day?
select 'on 2024-05-20' as asked, cost_usd, status, confirmed_at from marts.bill('gpt-4o', input_tokens := 300e6, output_tokens := 50e6, on_day := '2024-05-20') where provider = 'openai'
union all by name
select 'on the vintage day' as asked, cost_usd, status, confirmed_at from marts.bill('gpt-4o', input_tokens := 300e6, output_tokens := 50e6) where provider = 'openai'
