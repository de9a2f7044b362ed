"""Fireworks AI: a host of open models, priced by size class and by model."""
