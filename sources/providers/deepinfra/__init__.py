"""DeepInfra: a host of open models."""
