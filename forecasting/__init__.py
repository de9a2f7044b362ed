"""The statistics of record: frame in, frame out, no Dagster, no DuckDB, no clock, no network.

``daily`` is the facade the daily job calls; every other module is one method with its source. Reading order:
``outputs`` (what the tables mean), ``thresholds`` and ``frontier`` (what is measured), ``decline`` and
``acceleration`` (how fast), ``pooled`` (the forecasting model), ``backtest`` (whether to believe it).
"""
