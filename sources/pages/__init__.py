"""Reading pages: from bytes to quotes with the value as written, the words around it and the place.

Belongs here: grids, cells, feeds, amounts, units. Not here: which statement is believed (``belief``).
"""
