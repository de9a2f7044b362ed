"""Dagster's web UI and the guard in front of it."""
