"""Forecasts: models, the rule that picks the one of record, calibration, issuing."""
