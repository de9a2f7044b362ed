"""Pages drawn in layouts that no page at hand has: how much of them the readers read."""
