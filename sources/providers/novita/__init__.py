"""Novita AI: a host of open models."""
