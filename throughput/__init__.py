"""The throughput engine: a spec sheet and an architecture in; tokens per second, dollars and joules out.

What belongs here: the physics of serving a language model as plain arithmetic, the one set of efficiency
constants it is calibrated with, and what follows from both (stack of levers, league table, frontier).
What does not: prices of hours and power (arguments), files of facts (``reference``), tables
(``warehouse``), forecasts (``forecasting``). Imports nothing of the project but ``units``.

Reading order: ``roofline`` ``memory`` ``moe`` ``parallel`` ``techniques`` (formulas), ``stages`` (how they
follow from one another), ``grid`` (the same on columns), ``scenarios`` (questions in words), ``calibration``.
"""
