"""genai-prices: a validated price list with start dates, tiers and service tiers."""
