"""Where a price is judged: statements form schedules, some are held back, the rest are weighed and become intervals and events."""
