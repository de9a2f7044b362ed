"""The data in a page and its scripts, read as data and never run."""
