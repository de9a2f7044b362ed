"""llm-prices.com: a small hand-kept list of list prices with some dates."""
