"""LiteLLM's price map: per-token prices by provider, kept by many hands, without dates."""
