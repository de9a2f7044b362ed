"""WIRING: settings, definitions, the daily job and its schedule, and the command line."""
