"""Builders of the packaged price tables: witnesses, corrections, launch prices, sellers' pages and meters."""
