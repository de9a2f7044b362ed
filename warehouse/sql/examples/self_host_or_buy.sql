-- 5. Is Llama 3.3 70B on eight H100 cheaper than buying two billion tokens a month?
from self_host(model := 'Llama-3.3-70B', accelerator := 'H100-SXM', n := 8, tokens_per_month := 2e9)
