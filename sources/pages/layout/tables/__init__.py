"""Tables of a page: as grids, their heads, and the prices in their rows or columns."""
