"""OpenRouter's model list: what a reseller charges per token."""
