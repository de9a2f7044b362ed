"""Builders of the packaged reference tables from study data; run by hand, their output is reviewed and committed."""
