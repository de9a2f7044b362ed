"""Together AI: a host of open models."""
