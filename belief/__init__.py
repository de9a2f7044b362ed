"""What is held to be true on a day: names, conditions, intervals, who is believed, what is held back and why.

Belongs here: weighing statements of sources. Not here: fetching or reading a page (``sources``), SQL (``warehouse``).
"""
