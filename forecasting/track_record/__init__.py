"""How wrong we were: scores, backtests, revisions."""
