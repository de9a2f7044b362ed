"""Replication of published results, study panels and the builders of packaged facts. Nothing of the daily run imports it."""
