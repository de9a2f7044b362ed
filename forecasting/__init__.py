"""The statistics of record: frame in, frame out, no Dagster, no DuckDB, no clock, no network.

Rooms from below: ``estimators`` (the regressions all share), ``panel`` (listings, series, scales), ``indices`` (what is
measured), ``rates`` (how fast), ``forecast`` (the model of record and its rivals), ``floors`` (how far down),
``consequences`` (what it means), ``track_record`` (whether to believe it), ``tokens`` (what is bought). ``assets.computed``
says which table each makes.
"""
