"""Asking the network: one session, politeness, guards against hostile answers, and the archive of what came.

Belongs here: requests, robots, pace, limits, keys, immutable captures. Not here: what a page says.
"""
