"""The static site: editions, feeds, files that other programs read."""
